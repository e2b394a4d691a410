import { lookBeside, readRun, stateIn, waitingFor } from '@telos/api/trace';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { isUnattended, unattendedAdvice } from '../compose/is-unattended.ts';
import { withStore } from '../compose/with-store.ts';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { examineRuns } from '../doctor/runs.ts';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { askedLines } from '../output/asked-lines.ts';
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
    if (word !== undefined) {
      return withStore(terminal, options.json, ({ store, writer }) => explainRun(store, word, writer, terminal));
    }
    const writer = writerOf(terminal, options.json);
    const { findings, store } = await examine(terminal);
    try {
      for (const finding of findings) tell(finding, writer, terminal);
      const broken = findings.filter(({ verdict }) => verdict === 'broken');
      const isSound = broken.length === 0;
      // What runs wait for is asked most when something else is away.
      if (store !== undefined && broken.every(({ about }) => about !== 'store'))
        await explainAll(store, writer, terminal);
      return isSound ? exitCodes.succeeded : exitCodes.failed;
    } finally {
      await store?.close();
    }
  },
});

function tell(finding: Finding, writer: Writer, terminal: Terminal): void {
  const { about, verdict, message, next } = finding;
  const [sign, colour] = signs[verdict];
  writer.object({ type: 'finding', ...finding });
  writer.lines(
    `${paint(sign, colour, terminal.hasColour)} ${about}: ${message}${next === undefined ? '' : ` ${next}`}`,
  );
}

async function explainAll(store: Store, writer: Writer, terminal: Terminal): Promise<void> {
  const now = terminal.now();
  const findings = await examineRuns(store, now, ({ run, workflow, status, since, message, more }) => {
    const waits = new Date(since).toISOString();
    writer.object({ type: 'unfinished', run, workflow, status, since: waits, message, more });
    const besides = more === 0 ? '' : ` And ${more} more: telos doctor ${run}`;
    writer.lines(
      `${workflow}  ${run}  ${status} for ${durationText(Math.max(0, now - since))}`,
      `  ${message}${besides}`,
    );
  });
  for (const finding of findings) tell(finding, writer, terminal);
}

async function explainRun(store: Store, word: string, writer: Writer, terminal: Terminal): Promise<ExitCode> {
  const run = await findRun(store, word);
  const read = await readRun(store, run);
  if (read === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`);
  const pending = await store.inbox.pending(run);
  const cancel = pending.find((message) => message.kind === 'cancel');
  const { status } = read.folded;
  const unattended = await isUnattended(store, run);
  const state = stateIn(read.events);
  const reasons = waitingFor(state, terminal.now(), await lookBeside(store, state, async () => unattended), cancel);
  writer.object({ type: 'run', run, status, waiting_for: reasons, unattended });
  writer.lines(
    `${read.folded.created.workflow}  ${run}  ${status}`,
    ...reasons.map((reason) => `  ${reason.message}`),
    ...askedLines(pending).map((line) => `  ${line}`),
    ...(unattended ? [`  ${unattendedAdvice}`] : []),
  );
  if (reasons.length === 0) writer.lines(`  It has ended; \`telos show ${run}\` tells how.`);
  return exitCodes.succeeded;
}
