import {
  detailPayloads,
  generousLimits,
  loadPayloads,
  measuredIn,
  readRun,
  runDetail,
  shareRun,
  stepDefinitions,
  stepDetail,
  stepPayloads,
  stepSource,
  lookBeside,
  stateIn,
  waitingFor,
} from '@telos/api/trace';
import type { FindCalibration, ReadRun } from '@telos/api/trace';
import type { StepDetail } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { nearest } from '@telos/language/text';
import { calibrationsIn } from '../calibration/calibration-of.ts';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { isUnattended, unattendedAdvice } from '../compose/is-unattended.ts';
import { secretsOf } from '../compose/secrets.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { askedLines } from '../output/asked-lines.ts';
import { callbackLine } from '../output/callback-line.ts';
import { Progress } from '../output/progress.ts';
import { progressLines } from '../output/progress-lines.ts';
import { readOutputs, resultLines } from '../output/run-result.ts';
import { stepLines } from '../output/step-lines.ts';
import { writeNewFile } from '../output/write-new-file.ts';
import type { Writer } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';

export const show = defineCommand({
  name: 'show',
  summary:
    'Shows a run: its steps, what came out, what it cost; or one step with its input, output, attempts and checks.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'one' }],
  options: {
    step: { type: 'value', value: 'path', about: 'one step, by its path: findings[3].search' },
    html: {
      type: 'value',
      value: 'file.html',
      about: 'write it as one file to send to somebody, what is private masked; an existing file is left alone',
    },
    force: { type: 'flag', about: 'with --html: write over an existing file' },
    json: jsonOption,
  },
  examples: ['telos show last', 'telos show last --step answer', 'telos show last --html run.html'],
  run({ words: [word = ''], options }, terminal) {
    if (options.html !== undefined && options.step !== undefined) {
      throw new TelosError('USAGE', '--html writes a whole run, --step shows one step of it.', {
        next: 'Leave one out.',
      });
    }
    return withStore(terminal, options.json, async ({ store, config, writer }) => {
      const id = await findRun(store, word);
      const read = await readRun(store, id);
      if (read === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${id}.`);
      const checks = () => composeCatalogue(config, terminal.folder).catalog.checks;
      const calibrationOf = calibrationsIn(config.home, checks, () => terminal.now());
      if (options.html !== undefined) {
        const { names, value } = secretsOf(terminal.environment);
        const secrets = [...names].flatMap((name) => value(name) ?? []);
        writeHtml(options.html, await shareRun(store.blobs, read, secrets), { terminal, writer, force: options.force });
      } else if (options.step !== undefined) await showStep(store, read, options.step, { writer, calibrationOf });
      else await showRun(store, read, { writer, calibrationOf, terminal });
      return exitCodes.succeeded;
    });
  },
});

function writeHtml(
  file: string,
  html: string,
  { terminal, writer, force }: { readonly terminal: Terminal; readonly writer: Writer; readonly force: boolean },
): void {
  writeNewFile(file, terminal.folder, html, force);
  writer.object({ type: 'written', file });
  writer.lines(`Written to ${file}.`);
}

type Showing = { readonly writer: Writer; readonly calibrationOf: FindCalibration };

async function showRun(
  store: Store,
  read: ReadRun,
  { writer, calibrationOf, terminal }: Showing & { readonly terminal: Terminal },
): Promise<void> {
  const { folded, events, program, programs } = read;
  const shown = await loadPayloads(store.blobs, detailPayloads(folded), generousLimits);
  const isLeft = await isUnattended(store, folded.run);
  const state = stateIn(events);
  const waiting = waitingFor(state, terminal.now(), await lookBeside(store, state, async () => isLeft));
  const callback = await store.callbacks.get(folded.run);
  writer.object(
    runDetail(folded, {
      programs,
      show: shown,
      waitingFor: waiting,
      callback,
      calibrationOf,
      ...(program === undefined ? {} : { program }),
    }),
  );

  const progress = new Progress();
  for (const { event } of events) progress.apply(event);
  const { columns } = terminal.size();
  writer.lines(
    `${folded.created.workflow}  ${folded.run}  ${progress.status}`,
    ...progressLines(progress, { now: terminal.now(), columns, rows: 1000, colour: terminal.hasColour }),
    ...waiting.map(({ message }) => message),
  );
  if (progress.endedAt === undefined) {
    writer.lines(...askedLines(await store.inbox.pending(folded.run)));
    if (isLeft) writer.lines(unattendedAdvice);
    return;
  }
  if (callback !== undefined) writer.lines(callbackLine(callback));
  writer.lines(...resultLines(folded.run, progress, await readOutputs(store.blobs, progress.outputs)));
}

async function showStep(
  store: Store,
  { folded, program, programs }: ReadRun,
  path: string,
  { writer, calibrationOf }: Showing,
): Promise<void> {
  const step = folded.steps.get(path);
  if (step === undefined) {
    const near = nearest(path, folded.steps.keys());
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new TelosError('USAGE', `The run ${folded.run} has come to no step ${path}.${meant}`, {
      next: `\`telos show ${folded.run}\` lists its steps.`,
    });
  }
  const shown = await loadPayloads(store.blobs, stepPayloads(step), generousLimits);
  const define = stepDefinitions(program, programs, folded.steps);
  const measured = measuredIn(calibrationOf, program, define)(path);
  const source = await stepSource(store.programs, folded, path);
  const known = { definition: define(path), programs, measured, source };
  const detail: StepDetail = stepDetail(folded.run, step, known, shown);
  writer.object(detail);
  writer.lines(...stepLines(detail));
}
