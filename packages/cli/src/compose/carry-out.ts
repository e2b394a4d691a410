/**
 * Carries out one run in this process and follows it: to its end, or until it
 * waits for what this process cannot bring. For a time it waits itself.
 */
import { randomUUID } from 'node:crypto';
import { hasEnded } from '@telos/core';
import type { RunId } from '@telos/core';
import { exitCodeOf, exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { followRun } from '../output/follow-run.ts';
import { nextStepLines, nextSteps } from '../output/next-steps.ts';
import type { NextStep } from '../output/next-steps.ts';
import type { Writer } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';
import type { Engine } from './engine.ts';

export async function carryOut(engine: Engine, run: RunId, terminal: Terminal, writer: Writer): Promise<ExitCode> {
  const { store, live, clock } = engine;
  const parked = new AbortController();
  let needed: readonly NextStep[] = [];
  engine.work({
    recover: false,
    onPark(state) {
      if (state.id !== run || hasEnded(state)) return;
      needed = nextSteps(state, clock.now());
      if (needed.length > 0) parked.abort();
    },
  });
  const stopListening = terminal.onInterrupt(() => {
    terminal.complain('Cancelling the run; Ctrl-C again leaves at once.\n');
    store.inbox
      .post(run, { id: randomUUID(), kind: 'cancel', reason: 'Ctrl-C' })
      .catch((error: unknown) => terminal.complain(`${error instanceof Error ? error.message : String(error)}\n`));
  });
  try {
    const status = await followRun({ store, live, run, terminal, writer, signal: parked.signal });
    if (status !== undefined) return exitCodeOf(status);
    writer.object({ type: 'waiting', run, needs: needed });
    writer.lines('', ...nextStepLines(needed), 'Then `telos serve` goes on with it.');
    return exitCodes.waiting;
  } finally {
    stopListening();
  }
}
