/**
 * Starting a run of a program at hand: what every door comes to, whoever knocks.
 *
 * Everything that can be known to be wrong is said before anything is stored.
 */
import {
  createVaults,
  keptOnceBegun,
  defaultNamespace,
  defaultPriority,
  joinLabellings,
  labellingOfFields,
  labelsIn,
  marked,
  TelosError,
  turnOf,
  unlabelled,
} from '@telos/core';
import type {
  CallbackSpec,
  Clock,
  EventOf,
  Hash,
  Instant,
  JsonObject,
  Labelling,
  NewRun,
  Priority,
  Program,
  RunId,
  Store,
  Vaults,
} from '@telos/core';
import { canonicalJson } from '@telos/language';
import type { Linked } from '@telos/language';
import { newRunId } from './new-run-id.ts';
import { beginRun } from './begin-run.ts';
import type { BeginRunDeps } from './begin-run.ts';
import type { CompileDeps } from './compile-workflow.ts';
import { doorPrograms } from './door-programs.ts';
import { judgeInput } from './judge-input.ts';
import { pinWorkflows } from './pin-workflows.ts';
import type { Beside } from './pin-workflows.ts';
import { requirementProblems } from './requirement-problems.ts';
import type { RequirementDeps } from './requirement-problems.ts';
import { storePayload } from './store-payload.ts';
import type { ProgramInHand } from './program-in-hand.ts';

export type StartProgramDeps = RequirementDeps &
  CompileDeps &
  BeginRunDeps & {
    readonly store: Pick<Store, 'journal' | 'programs' | 'blobs'>;
    readonly clock: Clock;
    /** What placeholders stand for, in memory; shared with the workers of the process. Absent: nobody else knows. */
    readonly vaults?: Vaults;
  };

export type StartProgram = {
  readonly inputs: JsonObject;
  readonly tags?: readonly string[];
  readonly budget?: NonNullable<EventOf<'run.created'>['budget']>;
  readonly namespace?: string;
  readonly priority?: Priority;
  /** Where workflows that its steps run are looked for before those that are published. */
  readonly beside?: Beside;
  readonly idempotency?: NonNullable<NewRun['idempotency']>;
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Where its end is posted. */
  readonly callback?: CallbackSpec;
  readonly trigger?: NonNullable<EventOf<'run.created'>['trigger']>;
};

export type StartedRun = {
  readonly run: RunId;
  /** True when the idempotency key had started this run before. */
  readonly existing: boolean;
  readonly workflow: string;
  readonly program: Hash;
  /** Of a run that is new and of which nothing more was stored than that: all there is to know of it. */
  readonly createdAt?: Instant;
};

/**
 * Starts a run; it is durable when this resolves.
 *
 * @throws TelosError as `startRun` does, less what finding the program may throw.
 */
export async function startProgram(
  deps: StartProgramDeps,
  { program, hash, keep }: ProgramInHand,
  request: StartProgram,
): Promise<StartedRun> {
  const linked = doorPrograms.of(hash, program);
  const given = linked.inputs(request.inputs);
  const pinned = await pinWorkflows(deps, program, request.beside);
  const needed = [program.requires, ...pinned.requires];
  refuseProblems((await Promise.all(needed.map((requires) => requirementProblems(deps, requires)))).flat());
  const now = deps.clock.now();
  const id = newRunId(now);
  const { namespace = defaultNamespace, priority = defaultPriority } = request;
  const turn = turnOf({ namespace, priority });
  const { checks, privateHosts } = deps.catalog;
  const vaults = deps.vaults ?? createVaults();
  const labelling = labellingOfRequest(program, request);
  const judging = { checks, vaults, clock: deps.clock, blobs: deps.store.blobs, privateHosts };
  const coming = { run: id, at: now, turn, labels: labelsIn(labelling) };
  return keptOnceBegun(vaults, id, async () => {
    const { inputs, events } = await judgeInput(judging, linked, given, coming);
    const concurrency = concurrencyOf(linked, inputs, namespace);

    await keep();
    await pinned.keep();
    const created: NewRun = {
      id,
      created: {
        type: 'run.created',
        at: now,
        workflow: program.id,
        program: hash,
        inputs: await storePayload(deps.store.blobs, inputs),
        ...(request.tags === undefined ? {} : { tags: [...new Set(request.tags)] }),
        ...(labelling === unlabelled ? {} : { labels: [...labelsIn(labelling)], labelling }),
        ...(request.budget === undefined ? {} : { budget: request.budget }),
        ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
        ...(request.tracestate === undefined ? {} : { tracestate: request.tracestate }),
        ...(request.namespace === undefined ? {} : { namespace: request.namespace }),
        ...(request.priority === undefined ? {} : { priority: request.priority }),
        ...(Object.keys(pinned.workflows).length === 0 ? {} : { workflows: pinned.workflows }),
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(request.trigger === undefined ? {} : { trigger: request.trigger }),
      },
      ...(events.length === 0 ? {} : { more: events }),
      ...(request.callback === undefined ? {} : { callback: request.callback }),
      ...(request.idempotency === undefined ? {} : { idempotency: request.idempotency }),
    };
    const { run, existing } = await beginRun(deps, created, turn);
    const isBare = !existing && events.length === 0;
    return { run, existing, workflow: program.id, program: hash, ...(isBare ? { createdAt: now } : {}) };
  });
}

/** What a webhook brings was written by whoever sends to it; what an input is for, the program says. */
function labellingOfRequest(program: Program, { inputs, trigger }: StartProgram): Labelling {
  const fromOutside = trigger?.kind === 'webhook' ? marked(['untrusted'], `webhook ${trigger.key}`) : unlabelled;
  return labellingOfFields(
    Object.fromEntries(
      Object.keys(program.inputs).map((name) => [
        name,
        joinLabellings(
          Object.hasOwn(inputs, name) ? fromOutside : unlabelled,
          program.inputs[name]?.private === true ? marked(['private'], `inputs.${name}`) : unlabelled,
        ),
      ]),
    ),
  );
}

/**
 * Workflows share no places with each other, nor do namespaces; what names none is of the default one. No id and no
 * namespace holds what stands between them.
 *
 * @throws TelosError EXPRESSION_FAILED
 */
function concurrencyOf(linked: Linked, inputs: JsonObject, namespace: string): EventOf<'run.created'>['concurrency'] {
  const { concurrency, id } = linked.program;
  if (concurrency === undefined) return undefined;
  const { key, max, whenFull } = concurrency;
  const rendered = linked.render(key, { inputs });
  const own = typeof rendered === 'string' ? rendered : canonicalJson(rendered);
  const of = namespace === defaultNamespace ? id : `${id}@${namespace}`;
  return { key: own === id ? of : `${of}/${own}`, max, whenFull };
}

function refuseProblems(problems: readonly TelosError[]): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new TelosError(first.code, first.message, {
    details: {
      ...first.details,
      problems: problems.map(({ code, message, next }) => ({ code, path: '', message, hint: next })),
    },
    next: first.next,
    cause: first,
  });
}
