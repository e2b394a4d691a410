import { defineCommand, jsonOption } from '../command/command.ts';
import { wholeNumberIn } from '../command/option-values.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { ensureFolder } from '../compose/open-store.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { writerOf } from '../output/writer.ts';

export const search = defineCommand({
  name: 'search',
  summary: 'Finds passages of a collection, best first.',
  words: [
    { name: 'collection', about: 'the name of a collection', needed: 'one' },
    { name: 'query', about: 'a question or some words', needed: 'one', isText: true },
  ],
  options: {
    limit: { type: 'value', value: 'n', about: 'how many passages, 1 to 200; 8 when absent' },
    json: jsonOption,
  },
  examples: ['telos search handbook "how long is a lease?"'],
  async run({ words: [collection = '', query = ''], options }, terminal) {
    const limit = wholeNumberIn('limit', options.limit ?? '8', 1, 200);
    const config = await loadConfig(terminal.environment, terminal.folder);
    ensureFolder(config.home);
    const { knowledge } = composeCatalogue(config, terminal.folder);
    const stopping = new AbortController();
    const stopListening = terminal.onInterrupt(() => stopping.abort());
    try {
      const { passages } = await knowledge.search({ collection, query, limit, signal: stopping.signal });
      const writer = writerOf(terminal, options.json);
      for (const passage of passages) writer.object({ type: 'passage', ...passage });
      if (passages.length === 0) writer.lines('Nothing found.');
      for (const { source, heading, score, text } of passages) {
        writer.lines(
          `${source}${heading === undefined ? '' : `  ${heading}`}  (${score.toFixed(2)})`,
          ...text.split('\n').map((line) => `  ${line}`),
          '',
        );
      }
      return exitCodes.succeeded;
    } finally {
      stopListening();
      await knowledge.close();
    }
  },
});
