import { readRun, waitingFor } from '@telos/api/trace';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { isUnattended, unattendedAdvice } from '../compose/is-unattended.ts';
import { openStore } from '../compose/open-store.ts';
import { loadConfig } from '../config/config.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { examineRuns } from '../doctor/runs.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { durationText } from '../output/amounts.ts';
import { paint } from '../output/paint.ts';
import { writerOf } from '../output/writer.ts';
import type { Writer } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';

const signs = { sound: ['✓', 'green'], worth_knowing: ['○', 'yellow'], broken: ['✗', 'red'] } as const;

export const doctor = defineCommand({
  name: 'doctor',
  summary:
    'Tells whether the installation is sound, what is missing and what to do, and what each unfinished run waits for; with a run, all that it waits for.',
  words: [{ name: 'run', about: "a run's id, a part of it, or `last`", needed: 'optional' }],
  options: { json: jsonOption },
  examples: ['telos doctor', 'telos doctor last'],
  async run({ words: [word], options }, terminal) {
    const writer = writerOf(terminal, options.json);
    if (word !== undefined) return explainRun(word, writer, terminal);
    const findings = await examine(terminal);
    for (const finding of findings) {
      writer.object({ type: 'finding', ...finding });
      writer.lines(findingLine(finding, terminal.hasColour));
    }
    const isSound = findings.every(({ verdict }) => verdict !== 'broken');
    if (isSound) await explainAll(writer, terminal);
    return isSound ? exitCodes.succeeded : exitCodes.failed;
  },
});

function findingLine({ about, verdict, message, next }: Finding, colour: boolean): string {
  const [sign, signColour] = signs[verdict];
  return `${paint(sign, signColour, colour)} ${about}: ${message}${next === undefined ? '' : ` ${next}`}`;
}

async function explainAll(writer: Writer, terminal: Terminal): Promise<void> {
  const config = await loadConfig(terminal.environment, terminal.folder);
  const now = terminal.now();
  const findings = await examineRuns(config, now, ({ run, workflow, status, since, message, more }) => {
    const waits = new Date(since).toISOString();
    writer.object({ type: 'unfinished', run, workflow, status, since: waits, message, more });
    const besides = more === 0 ? '' : ` And ${more} more: telos doctor ${run}`;
    writer.lines(
      `${workflow}  ${run}  ${status} for ${durationText(Math.max(0, now - since))}`,
      `  ${message}${besides}`,
    );
  });
  for (const finding of findings) {
    writer.object({ type: 'finding', ...finding });
    writer.lines(findingLine(finding, terminal.hasColour));
  }
}

async function explainRun(word: string, writer: Writer, terminal: Terminal): Promise<ExitCode> {
  const config = await loadConfig(terminal.environment, terminal.folder);
  const store: Store = await openStore(config);
  try {
    const run = await findRun(store, word);
    const read = await readRun(store, run);
    if (read === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`);
    const cancel = (await store.inbox.pending(run)).find((message) => message.kind === 'cancel');
    const reasons = waitingFor(read.events, terminal.now(), cancel, await store.runs.placeWait(run));
    const { status } = read.folded;
    const unattended = await isUnattended(store, run);
    writer.object({ type: 'run', run, status, waiting_for: reasons, unattended });
    writer.lines(
      `${read.folded.created.workflow}  ${run}  ${status}`,
      ...reasons.map((reason) => `  ${reason.message}`),
      ...(unattended ? [`  ${unattendedAdvice}`] : []),
    );
    if (reasons.length === 0) writer.lines(`  It has ended; \`telos show ${run}\` tells how.`);
    return exitCodes.succeeded;
  } finally {
    await store.close();
  }
}
