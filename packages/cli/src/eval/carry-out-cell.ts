/** One run of an experiment, from its start to what the checks say of it. */
import { startProgram } from '@telos/api/runs';
import type { Beside, ProgramInHand } from '@telos/api/runs';
import { addUsage, isTerminal, noUsage, TelosError } from '@telos/core';
import type { Json, JsonObject, Payload, RunId } from '@telos/core';
import { hashOf } from '@telos/language';
import type { Cell, Experiment } from '@telos/language';
import type { Engine } from '../compose/engine.ts';
import type { NextStep } from '../output/next-steps.ts';
import { readOutputs } from '../output/run-result.ts';
import type { EvalTrial } from './eval-trial.ts';
import { judgeOutputs } from './judge-outputs.ts';
import type { KeptTrials } from './kept-trials.ts';
import { tighter } from './ledger.ts';
import type { Share } from './ledger.ts';
import type { Parking } from './parking.ts';

export type CellDeps = {
  readonly engine: Engine;
  readonly experiment: Experiment;
  readonly kept: KeptTrials;
  readonly parking: Pick<Parking, 'whenParked'>;
  /** The program of a variant, by its name. */
  readonly programs: ReadonlyMap<string, { readonly inHand: ProgramInHand; readonly beside: Beside }>;
  readonly onTrial: (trial: EvalTrial) => void;
};

export type CellOutcome =
  | { readonly is: 'judged' }
  /** The experiment's budget stopped the run. */
  | { readonly is: 'stopped' }
  | { readonly is: 'waiting'; readonly run: RunId; readonly needs: readonly NextStep[] };

/** What a row may bring about at the door: it fails that row, and no other. */
const refusals: ReadonlySet<string> = new Set(['RAIL_BLOCKED', 'RAIL_FAILED', 'CONCURRENCY_FULL', 'EXPRESSION_FAILED']);

/** Settles the share. Rejects when `signal` aborts, and as `startProgram` does for what fails every row. */
export async function carryOutCell(
  options: CellDeps,
  cell: Cell,
  share: Share,
  signal: AbortSignal,
): Promise<CellOutcome> {
  const { engine, kept, onTrial } = options;
  let spent = noUsage;
  try {
    const trial = await tryCell(options, cell, share, signal);
    if ('is' in trial) {
      spent = (await usageOf(engine, trial.run)) ?? noUsage;
      if (trial.is === 'stopped') kept.stop(cell.key, spent);
      return trial;
    }
    spent = addUsage(trial.usage, trial.judging);
    kept.add(cell.key, trial);
    onTrial(trial);
    return { is: 'judged' };
  } finally {
    share.settle(spent);
  }
}

type Unjudged = Exclude<CellOutcome, { readonly is: 'judged' }> & { readonly run: RunId };

async function tryCell(
  options: CellDeps,
  cell: Cell,
  share: Share,
  signal: AbortSignal,
): Promise<EvalTrial | Unjudged> {
  const { engine, experiment } = options;
  const { variant, row, repetition } = cell;
  const named = { variant: variant.name, row: row.id, repetition };
  const nothing = { score: 0, passed: false, scores: [], judging: noUsage };
  let run: RunId;
  try {
    run = await startCell(options, cell, share);
  } catch (error) {
    if (!(error instanceof TelosError) || !refusals.has(error.code)) throw error;
    const { code, message } = error;
    return { ...named, ...nothing, status: 'failed', usage: noUsage, ms: 0, error: { code, message } };
  }
  const ended = await endOf(options, run, signal);
  if ('needs' in ended) return { is: 'waiting', run, needs: ended.needs };
  const summary = await engine.store.runs.get(run);
  const { usage = noUsage, startedAt = 0, endedAt = 0 } = summary ?? {};
  const base = { ...named, run, usage, ms: Math.max(0, endedAt - startedAt) };
  if (ended.status !== 'succeeded') {
    const { error } = ended;
    if (error?.code === 'BUDGET_EXCEEDED' && isBoundBy(cell, share)) return { is: 'stopped', run };
    return { ...base, ...nothing, status: ended.status, ...(error === undefined ? {} : { error }) };
  }
  const outputs: JsonObject = (await readOutputs(engine.store.blobs, ended.outputs)) ?? {};
  const judged = await judgeOutputs(experiment, cell, outputs, engine, signal);
  const scores = judged.verdicts.map(({ check, score, verdict, reason }) => ({ check, score, verdict, reason }));
  const { score, passed } = judged;
  return { ...base, status: 'succeeded', score, passed, scores, judging: judged.usage };
}

/** Whether the experiment, and not the workflow itself, bounds what the run may spend. */
function isBoundBy({ variant }: Cell, { budget }: Share): boolean {
  const own = variant.compiled.program.budget;
  return (
    budget !== undefined &&
    (['usd', 'tokens', 'calls', 'wallMs'] as const).some(
      (kind) => budget[kind] !== undefined && budget[kind] < (own?.[kind] ?? Infinity),
    )
  );
}

async function startCell(
  { engine, experiment, kept, programs }: CellDeps,
  { key, variant, row, repetition, inputs }: Cell,
  { budget }: Share,
): Promise<RunId> {
  const found = programs.get(variant.name);
  if (found === undefined) throw new TelosError('BUG', `There is no program of the variant ${variant.name}.`);
  const idempotency = hashOf(JSON.stringify([kept.id, key, kept.stops(key)] satisfies Json));
  const { run } = await startProgram(engine, found.inHand, {
    inputs,
    beside: found.beside,
    tags: [
      `experiment:${experiment.name}`,
      `experiment:${experiment.name}/${kept.id}`,
      `variant:${variant.name}`,
      `row:${row.id}`.slice(0, 200),
      ...(experiment.repetitions === 1 ? [] : [`repetition:${repetition}`]),
    ],
    ...(budget === undefined ? {} : { budget: tighter(variant.compiled.program.budget, budget) }),
    idempotency: { key: `experiment-${idempotency}`, body: idempotency },
  });
  return run;
}

type Ended =
  | { readonly status: 'succeeded'; readonly outputs: Payload }
  | { readonly status: 'failed' | 'cancelled'; readonly error?: { readonly code: string; readonly message: string } }
  | { readonly needs: readonly NextStep[] };

async function endOf({ engine, parking }: CellDeps, run: RunId, signal: AbortSignal): Promise<Ended> {
  const parked = new AbortController();
  let needs: readonly NextStep[] = [];
  const stopWaiting = parking.whenParked(run, (found) => {
    needs = found;
    parked.abort();
  });
  try {
    for await (const { event } of engine.store.journal.follow(run, 0, AbortSignal.any([signal, parked.signal]))) {
      if (!isTerminal(event)) continue;
      if (event.type === 'run.succeeded') return { status: 'succeeded', outputs: event.outputs };
      if (event.type === 'run.failed') {
        const { code, message } = event.error;
        return { status: 'failed', error: { code, message } };
      }
      return { status: 'cancelled' };
    }
  } finally {
    stopWaiting();
  }
  signal.throwIfAborted();
  return { needs };
}

async function usageOf({ store }: Pick<Engine, 'store'>, run: RunId) {
  return (await store.runs.get(run))?.usage;
}
