/**
 * Forks and retries: another run that begins where this one was. The first is
 * left as it is; what it did is copied, with edits, and what is to be done again
 * is left to the worker that takes the fork up.
 */
import {
  createVaults,
  defaultNamespace,
  defaultPriority,
  forkOf,
  isForkRefusal,
  runInput,
  TelosError,
  turnOf,
} from '@telos/core';
import type { Clock, EventOf, Fork, JsonObject, NewRun, Payload, RunEvent, RunId, Store, Vaults } from '@telos/core';
import { canonicalJson, hashOf, link } from '@telos/language';
import { newRunId } from '../new-run-id.ts';
import { beginRun } from '../begin-run.ts';
import type { BeginRunDeps } from '../begin-run.ts';
import { earlierStart } from '../earlier-start.ts';

import type { CompileDeps } from '../compile-workflow.ts';
import { judgeInput } from '../judge-input.ts';
import { readPayload } from '../read-payload.ts';
import type { FoldedRun } from '../run-view/folded-run.ts';
import { readRun } from '../run-view/read-run.ts';
import type { ReadRun } from '../run-view/read-run.ts';
import type { StartedRun } from '../start-program.ts';
import { storePayload } from '../store-payload.ts';
import { edited, readEdits } from './edits.ts';
import type { Edit } from './edits.ts';

export type ForkDeps = BeginRunDeps &
  Pick<CompileDeps, 'catalog'> & {
    /** What placeholders stand for, in memory; shared with the workers of the process. Absent: nobody else knows. */
    readonly vaults?: Vaults;
    readonly store: Pick<Store, 'journal' | 'programs' | 'blobs'>;
    readonly clock: Clock;
  };

export type ForkRun = {
  /** Steps to begin from; empty with nothing in `set`: those that did not succeed. */
  readonly from: readonly string[];
  readonly set?: JsonObject;
  /** Absent: as in the run that is forked, and `live` when that is no fork. */
  readonly sideEffects?: Fork['sideEffects'];
  readonly idempotencyKey?: string;
  readonly traceparent?: string;
  readonly tracestate?: string;
};

/**
 * Makes a fork of a run; it is durable when this resolves.
 *
 * @throws TelosError RUN_NOT_FOUND; FORK_INVALID; INPUT_INVALID when an edited input does not fit; IDEMPOTENCY_MISMATCH.
 */
export async function forkRun(deps: ForkDeps, source: RunId, request: ForkRun): Promise<StartedRun> {
  const { store, clock } = deps;
  const { idempotencyKey } = request;
  const idempotency =
    idempotencyKey === undefined ? undefined : { key: idempotencyKey, body: bodyHash(source, request) };
  const earlier = await earlierStart(deps, idempotency);
  if (earlier !== undefined) return earlier;
  const read = await readRun(store, source);
  if (read === undefined)
    throw new TelosError('RUN_NOT_FOUND', `There is no run ${source}.`, { details: { run: source } });
  const { program, folded } = read;
  const { created } = folded;
  if (program === undefined)
    throw new TelosError('STORE_CORRUPT', `The program ${created.program} of run ${source} is not in the store.`);

  const edits = readEdits(request.set ?? {}, (path) => folded.steps.has(path));
  const changes = await changesOf(deps, read, edits);
  const at = clock.now();
  const id = newRunId(at);
  const vaults = deps.vaults ?? createVaults();
  const linked = link(program);
  const { namespace = defaultNamespace, priority = defaultPriority } = created;
  const turn = turnOf({ namespace, priority });
  const judged =
    changes.inputs === undefined
      ? undefined
      : await judgeInput(
          { ...deps.catalog, vaults, clock, blobs: store.blobs },
          linked,
          linked.inputs(changes.inputs),
          {
            run: id,
            at,
            turn,
            ...(created.labels === undefined ? {} : { labels: created.labels }),
          },
        );
  const inputs = judged === undefined ? created.inputs : await storePayload(store.blobs, judged.inputs);
  const plan = forkOf(
    program,
    (hash) => read.programs.get(hash),
    read.events.map(({ event }) => event),
    {
      at,
      from: beginningsOf(
        request.from,
        edits,
        program.steps.map(({ id }) => id),
      ),
      ...changes,
    },
  );
  if (isForkRefusal(plan)) throw new TelosError(plan.refused, plan.message, { details: { run: source } });

  const hidden = vaultsIn(created, read.events);
  const fork: NewRun = {
    id,
    created: {
      ...originOf(folded),
      at,
      inputs,
      ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
      ...(request.tracestate === undefined ? {} : { tracestate: request.tracestate }),
      fork: {
        run: source,
        from: [...plan.from],
        sideEffects: request.sideEffects ?? created.fork?.sideEffects ?? 'live',
        ...(Object.keys(plan.inputs).length === 0 ? {} : { inputs: plan.inputs }),
        ...(hidden.length === 0 ? {} : { hidden: [...hidden] }),
      },
    },
    more: judged === undefined ? plan.more : withInput(plan.more, judged.events),
    ...(idempotency === undefined ? {} : { idempotency }),
  };
  const { run, existing } = await beginRun(deps, fork, turn);
  if (existing) vaults.drop(id);
  return { run, existing, workflow: created.workflow, program: created.program };
}

/** What its source has hidden and may put back: in the fork the same texts have the same placeholders. */
function vaultsIn({ fork }: EventOf<'run.created'>, events: ReadRun['events']): readonly Payload[] {
  const own = events.flatMap(({ event }) => (event.type === 'rail.judged' ? (event.hidden ?? []) : []));
  return [...(fork?.hidden ?? []), ...own.map(({ vault }) => vault)];
}

/** What was said of the input before is not said of another one. */
function withInput(more: readonly RunEvent[], judged: readonly RunEvent[]): readonly RunEvent[] {
  return [...judged, ...more.filter((event) => !('path' in event) || event.path !== runInput)];
}

/**
 * Does again what did not succeed in a run that has ended, as a new run.
 *
 * @throws TelosError RUN_UNFINISHED, and what `forkRun` throws.
 */
export async function retryRun(
  deps: ForkDeps & { readonly store: Pick<Store, 'runs'> },
  source: RunId,
  request: Pick<ForkRun, 'idempotencyKey' | 'traceparent' | 'tracestate'> = {},
): Promise<StartedRun> {
  const summary = await deps.store.runs.get(source);
  if (summary !== undefined && summary.endedAt === undefined)
    throw new TelosError('RUN_UNFINISHED', `Run ${source} is ${summary.status}; what has ended can be tried again.`, {
      details: { run: source },
    });
  return forkRun(deps, source, { ...request, from: [] });
}

/** Everything, when an input is another; else the steps named, and those that are given another input. */
function beginningsOf(from: readonly string[], edits: readonly Edit[], all: readonly string[]): readonly string[] {
  if (from.length === 0 && edits.some(({ of }) => of === 'inputs')) return all;
  const given = edits.flatMap(({ of }) => (of !== 'inputs' && of.part === 'input' ? [of.step] : []));
  return [...new Set([...from, ...given])];
}

type Changes = {
  readonly inputs?: JsonObject;
  readonly outputs: ReadonlyMap<string, Payload>;
  readonly given: ReadonlyMap<string, Payload>;
};

async function changesOf({ store }: ForkDeps, { folded }: ReadRun, edits: readonly Edit[]): Promise<Changes> {
  const outputs = new Map<string, Payload>();
  const given = new Map<string, Payload>();
  const steps = new Map<string, Edit[]>();
  for (const edit of edits) {
    if (edit.of === 'inputs') continue;
    const key = `${edit.of.part} ${edit.of.step}`;
    steps.set(key, [...(steps.get(key) ?? []), edit]);
  }
  for (const group of steps.values()) {
    const of = group[0]?.of;
    if (of === undefined || of === 'inputs') continue;
    const last = folded.steps.get(of.step)?.attempts.at(-1)?.[of.part];
    // What is replaced as a whole need not be read.
    const isWhole = last === undefined || group[0]?.way.length === 0;
    const before = isWhole ? null : await readPayload(store.blobs, last);
    (of.part === 'output' ? outputs : given).set(of.step, await storePayload(store.blobs, edited(before, group)));
  }
  const ofInputs = edits.filter(({ of }) => of === 'inputs');
  if (ofInputs.length === 0) return { outputs, given };
  // Safe: the inputs of a run are an object with one field an input.
  const inputs = edited(await readPayload(store.blobs, folded.created.inputs), ofInputs) as JsonObject;
  return { inputs, outputs, given };
}

/** What a fork has from its source: all but what started that one. */
function originOf({ created, budget }: FoldedRun): EventOf<'run.created'> {
  const { trigger: _trigger, traceparent: _traceparent, tracestate: _tracestate, ...rest } = created;
  return { ...rest, ...(budget === undefined ? {} : { budget }) };
}

function bodyHash(source: RunId, { from, set, sideEffects }: ForkRun): string {
  return hashOf(canonicalJson({ fork: source, from: [...from], set: set ?? {}, side_effects: sideEffects ?? null }));
}
