import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';
import { caseLines, caseObject } from '../cases/case-lines.ts';
import { openTest, testFilesOf } from '../cases/open-test.ts';
import type { OpenedTest } from '../cases/open-test.ts';
import { runTestFile } from '../cases/test-files.ts';
import { writePromoted } from '../cases/write-promoted.ts';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { buildSampleData } from '../compose/sample-data.ts';
import { secretsOf } from '../compose/secrets.ts';
import { loadConfig } from '../config/load-config.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { faultLines } from '../output/fault-lines.ts';
import { writerOf } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';

export const testCommand = defineCommand({
  name: 'test',
  summary:
    'Runs the cases of test files on the real engine, offline: calls of models and tools are answered by the cassette beside each.',
  words: [{ name: 'file', about: 'a test file (*.test.yaml), or a folder of them', needed: 'at least one' }],
  options: {
    case: { type: 'list', value: 'name', about: 'only the cases of this name' },
    record: { type: 'flag', about: 'make the calls, whatever they cost and change, and write what they give' },
    'record-missing': { type: 'flag', about: 'make only the calls that the cassette has no answer to' },
    from: {
      type: 'value',
      value: 'run',
      about: 'make a case of a run that has ended, and its cassette, in the file named',
    },
    'keep-private': { type: 'flag', about: 'with --from: write private values as they are' },
    json: jsonOption,
  },
  examples: [
    'telos test workflows/tests/*.test.yaml',
    'telos test --record workflows/tests/ask_folder.test.yaml',
    'telos test --case no_answer --json workflows/tests/wait_for_signal.test.yaml',
    'telos test --from last workflows/tests/research.test.yaml',
  ],
  async run({ words, options }, terminal) {
    const { record, 'record-missing': missing, case: only } = options;
    if (record && missing) throw new TelosError('USAGE', '--record makes every call; leave --record-missing out.');
    if (options['keep-private'] && options.from === undefined)
      throw new TelosError('USAGE', '--keep-private goes with --from.', {
        next: 'In a test file it is `keep_private: true`.',
      });
    if (options.from !== undefined) {
      if (record || missing) throw new TelosError('USAGE', '--from makes no calls; leave --record out.');
      return promote(
        { words, run: options.from, names: only, keepsPrivate: options['keep-private'] },
        terminal,
        options.json,
      );
    }
    const config = await loadConfig(terminal.environment, terminal.folder);
    const writer = writerOf(terminal, options.json);
    const tell = (message: string): void => terminal.complain(`${message}\n`);
    if (record || missing) buildSampleData(terminal.folder);
    const catalogue = composeCatalogue(config, terminal.folder, { secrets: secretsOf(terminal.environment), tell });
    const stopping = new AbortController();
    const stopListening = terminal.onInterrupt(() => stopping.abort());
    let passed = 0;
    let failed = 0;
    try {
      const opened: [string, OpenedTest][] = [];
      let isValid = true;
      for (const file of words.flatMap((word) => testFilesOf(word, terminal.folder))) {
        const result = await openTest(file, terminal.folder, catalogue);
        if (result.ok) {
          opened.push([file, result.opened]);
          continue;
        }
        isValid = false;
        for (const fault of result.faults) writer.object({ type: 'fault', ...fault });
        terminal.complain(faultLines(result.faults));
      }
      if (!isValid) return exitCodes.invalid;
      refuseUnknownCases(only, opened);
      for (const [file, test] of opened) {
        writer.lines(file);
        await runTestFile(file, test, {
          record: record ? 'all' : missing ? 'missing' : undefined,
          only,
          folder: terminal.folder,
          catalogue,
          world: {
            config,
            environment: terminal.environment,
            workspace: terminal.folder,
            signal: stopping.signal,
            report: tell,
          },
          onCase(outcome) {
            if (outcome.failures.length === 0) passed += 1;
            else failed += 1;
            writer.object(caseObject(outcome));
            writer.lines(...caseLines(outcome, terminal.hasColour));
          },
        });
      }
      writer.object({ type: 'result', passed, failed });
      writer.lines('', `${passed} passed, ${failed} failed`);
      return failed === 0 ? exitCodes.succeeded : exitCodes.failed;
    } catch (error) {
      if (stopping.signal.aborted) return exitCodes.cancelled;
      throw error;
    } finally {
      stopListening();
      await catalogue.mcp.close();
    }
  },
});

type Promotion = {
  readonly words: readonly string[];
  readonly run: string;
  readonly names: readonly string[];
  readonly keepsPrivate: boolean;
};

async function promote(
  { words, run: word, names, keepsPrivate }: Promotion,
  terminal: Terminal,
  json: boolean,
): Promise<ExitCode> {
  const [file = '', another] = words;
  const [name, second] = names;
  if (another !== undefined || second !== undefined)
    throw new TelosError('USAGE', '--from makes one case of one run, in one file.');
  if (name !== undefined && !/^[a-z][a-z0-9_]{0,63}$/.test(name))
    throw new TelosError('USAGE', `A case cannot be called ${name}.`, {
      next: 'A name begins with a lower-case letter and holds lower-case letters, digits and `_`.',
    });
  return withStore(terminal, json, async ({ store, config, writer }) => {
    const tell = (message: string): void => terminal.complain(`${message}\n`);
    const run = await findRun(store, word);
    const secrets = secretsOf(terminal.environment);
    const catalogue = composeCatalogue(config, terminal.folder, { secrets, tell });
    const { environment, folder } = terminal;
    const world = { config, environment, workspace: folder, signal: AbortSignal.timeout(longestMs), report: tell };
    try {
      const { note, ...done } = await writePromoted(run, file, { store, world, folder, catalogue, name, keepsPrivate });
      writer.object({ type: 'promoted', run, case: done.name, files: done.files, masked: done.masked });
      writer.lines(
        `The run is the case ${done.name}: ${done.files.join(', ')}.`,
        ...(done.masked === 0 ? [] : [`${done.masked} private texts are masked; --keep-private keeps them.`]),
        `telos test ${file}`,
      );
      if (note !== undefined) tell(note);
      return exitCodes.succeeded;
    } finally {
      await catalogue.mcp.close();
    }
  });
}

/** Real time that it may take to make a run once more. */
const longestMs = 60_000;

/** @throws TelosError USAGE for a case that no file has. */
function refuseUnknownCases(only: readonly string[], opened: readonly (readonly [string, OpenedTest])[]): void {
  const known = opened.flatMap(([, { test }]) => test.cases.map(({ name }) => name));
  const unknown = only.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  throw new TelosError('USAGE', `There is no case ${unknown}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: `There are ${known.slice(0, 12).join(', ')}.`,
  });
}
