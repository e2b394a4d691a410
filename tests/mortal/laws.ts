/** What must hold of runs that have ended, whatever happened to those who carried them out. */
import { setTimeout as delay } from 'node:timers/promises';
import { fold, isTerminal } from '@telos/core';
import type { Json, RunId, RunState, Sequence, Store } from '@telos/core';
import { callsIn } from './logging-tools.ts';

export type Expected = {
  /** Which workflow, for whoever reads that a law was broken. */
  readonly name: string;
  /** What an undisturbed run of it gives, as `outputText` shows it. */
  readonly output: string;
};

/** The last sequence of each run when it was first seen to have ended; of those that do so in time. */
export async function endsOf(store: Store, runs: Iterable<RunId>, ms: number): Promise<Map<RunId, Sequence>> {
  const deadline = Date.now() + ms;
  const going = new Set(runs);
  const ends = new Map<RunId, Sequence>();
  while (going.size > 0 && Date.now() < deadline) {
    for (const run of going) {
      const summary = await untilDone(() => store.runs.get(run));
      if (summary?.endedAt === undefined) continue;
      going.delete(run);
      ends.set(run, summary.seq);
    }
    if (going.size > 0) await delay(50);
  }
  return ends;
}

/** Each law that was broken, in a sentence. */
export async function brokenLaws(
  store: Store,
  runs: ReadonlyMap<RunId, Expected>,
  ends: ReadonlyMap<RunId, Sequence>,
  log: string,
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const [run, { name, output }] of runs) {
    const say = (what: string): void => void broken.push(`Run ${run} of ${name} ${what}`);
    const state = await stateOf(store, run);
    const end = ends.get(run);
    if (end === undefined) {
      say(`did not end: it is ${JSON.stringify(state.phase)}.`);
      continue;
    }
    const events = await untilDone(() => Array.fromAsync(store.journal.read(run)));
    const terminal = events.filter(({ event }) => isTerminal(event));
    if (terminal.length !== 1 || terminal[0] !== events.at(-1))
      say(`has ${terminal.length} ends, or something after its end.`);
    if (events.at(-1)?.seq !== end) say(`changed after it had ended.`);
    const given = await outputText(store, state);
    if (given !== output) say(`gave ${given}, not ${output}.`);
    if ((await untilDone(() => store.claims.of(run))).length > 0) say('left claims behind.');
    if ((await untilDone(() => store.inbox.pending(run))).length > 0) say('left messages behind.');
  }
  const sent = Map.groupBy(
    callsIn(log).filter(({ tool }) => tool === 'send'),
    ({ run, path }) => `${run} ${path}`,
  );
  for (const [step, calls] of sent)
    if (calls.length > 1) broken.push(`The irreversible step ${step} ran ${calls.length} times.`);
  if (ends.size < runs.size) return broken;
  if ((await untilDone(() => store.waits.count({}))) > 0) broken.push('Waiting steps are listed of runs that ended.');
  if ((await untilDone(() => store.leases.owners())).length > 0) broken.push('Leases are held of runs that ended.');
  if ((await untilDone(() => store.leases.lapsed(10))).length > 0) broken.push('Runs that ended are offered again.');
  return broken;
}

export async function stateOf(store: Store, run: RunId): Promise<RunState> {
  const state = await untilDone(() => fold(store.journal.read(run)));
  if (state === undefined) throw new Error(`No run ${run}.`);
  return state;
}

/** The outputs as text, without the times at which steps went on; of a run without, how it ended. */
export async function outputText(store: Store, { phase }: RunState): Promise<string> {
  if (phase.status !== 'succeeded') return JSON.stringify(phase);
  const { outputs } = phase;
  const blob = 'blob' in outputs ? await untilDone(() => store.blobs.get(outputs.blob)) : undefined;
  // What a blob of an output holds is the JSON that was stored there.
  const value = 'value' in outputs ? outputs.value : (JSON.parse(new TextDecoder().decode(blob?.bytes)) as Json);
  return JSON.stringify(value).replaceAll(/\{\\?"at\\?":\\?"[^"\\]+\\?"\}/g, 'null');
}

/** Connections of the test's own process are cut as well, its servers are away, and a frozen worker may hold the lock of a file. */
export async function untilDone<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (tries === 600) throw error;
      await delay(100);
    }
  }
}
