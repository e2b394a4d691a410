import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { ensureFolder } from '../compose/open-store.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { writerOf } from '../output/writer.ts';

export const ingest = defineCommand({
  name: 'ingest',
  summary: 'Adds documents of the working directory to a collection, or brings it up to date with them.',
  words: [
    { name: 'collection', about: 'the name of a collection', needed: 'one' },
    { name: 'path', about: 'a file or folder', needed: 'at least one' },
  ],
  options: { json: jsonOption },
  examples: ['telos ingest handbook docs README.md'],
  async run({ words: [collection = '', ...paths], options }, terminal) {
    const config = await loadConfig(terminal.environment, terminal.folder);
    ensureFolder(config.home);
    const { knowledge } = composeCatalogue(config, terminal.folder);
    const stopping = new AbortController();
    const stopListening = terminal.onInterrupt(() => stopping.abort());
    try {
      const report = await knowledge.ingest(collection, paths, stopping.signal);
      const writer = writerOf(terminal, options.json);
      writer.object({ type: 'ingested', collection, ...report });
      writer.lines(
        `${collection}: ${report.documents} read, ${report.unchanged} unchanged, ${report.removed} removed; ${report.chunks} new passages.`,
        ...report.skipped.map(({ path, reason }) => `  skipped ${path}: ${reason}`),
        report.embeddingModel === undefined
          ? 'Found by their words; with an embedding model also by their meaning.'
          : `Found by words and meaning (${report.embeddingModel}).`,
      );
      return exitCodes.succeeded;
    } finally {
      stopListening();
      await knowledge.close();
    }
  },
});
