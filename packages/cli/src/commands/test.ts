import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';
import { caseLines, caseObject } from '../cases/case-lines.ts';
import { openTest } from '../cases/open-test.ts';
import type { OpenedTest } from '../cases/open-test.ts';
import { runTestFile } from '../cases/test-files.ts';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { buildSampleData } from '../compose/sample-data.ts';
import { secretsOf } from '../compose/secrets.ts';
import { loadConfig } from '../config/config.ts';
import { exitCodes } from '../exit-codes.ts';
import { faultLines } from '../output/fault-lines.ts';
import { writerOf } from '../output/writer.ts';

export const testCommand = defineCommand({
  name: 'test',
  summary:
    'Runs the cases of test files on the real engine, offline: calls of models and tools are answered by the cassette beside each.',
  words: [{ name: 'file', about: 'a test file (*.test.yaml)', needed: 'at least one' }],
  options: {
    case: { type: 'list', value: 'name', about: 'only the cases of this name' },
    record: { type: 'flag', about: 'make the calls, whatever they cost and change, and write what they give' },
    'record-missing': { type: 'flag', about: 'make only the calls that the cassette has no answer to' },
    json: jsonOption,
  },
  examples: [
    'telos test workflows/*.test.yaml',
    'telos test --record workflows/ask_folder.test.yaml',
    'telos test --case late_answer --json workflows/wait_for_signal.test.yaml',
  ],
  async run({ words, options }, terminal) {
    const { record, 'record-missing': missing, case: only } = options;
    if (record && missing) throw new TelosError('USAGE', '--record makes every call; leave --record-missing out.');
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
      for (const file of words) {
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
