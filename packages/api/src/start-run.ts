/**
 * Starting a run: the one way in, for REST, the command line and what else has a door.
 *
 * Everything that can be known to be wrong is said before anything is stored;
 * then the program, the inputs and `run.created` are stored, and only then is
 * a worker called. A process that dies in between leaves a stored run, which
 * any worker finds, or nothing.
 */
import { randomBytes } from 'node:crypto';
import { runIdOf, TelosError } from '@telos/core';
import type { Clock, EventOf, Hash, JsonObject, Program, RunId, Store } from '@telos/core';
import { canonicalJson, hashOf, link, loadProgram } from '@telos/language';
import { nearest } from '@telos/language/text';
import { callWorker } from './call-worker.ts';
import type { CallWorkerDeps } from './call-worker.ts';
import { compileWorkflow } from './compile-workflow.ts';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import { requirementProblems } from './requirement-problems.ts';
import type { RequirementDeps } from './requirement-problems.ts';
import { storePayload } from './store-payload.ts';
import { storedProgram } from './stored-program.ts';

export type StartRunDeps = RequirementDeps &
  CompileDeps &
  CallWorkerDeps & {
    readonly store: Pick<Store, 'journal' | 'programs' | 'blobs'>;
    readonly clock: Pick<Clock, 'now'>;
  };

export type StartRun = {
  /** A published workflow by id, or the text of one. */
  readonly from: { readonly workflow: string } | WorkflowSource;
  readonly inputs: JsonObject;
  readonly tags?: readonly string[];
  readonly budget?: NonNullable<EventOf<'run.created'>['budget']>;
  /** The same key and the same request give the same run. */
  readonly idempotencyKey?: string;
  /** W3C trace context of the caller. */
  readonly traceparent?: string;
};

export type StartedRun = {
  readonly run: RunId;
  /** True when the idempotency key had started this run before. */
  readonly existing: boolean;
  readonly workflow: string;
  readonly program: Hash;
};

/**
 * Starts a run; it is durable when this resolves.
 *
 * @throws TelosError WORKFLOW_NOT_FOUND, WORKFLOW_INVALID (`details.faults`), INPUT_INVALID (`details.problems`);
 *   REQUIREMENT_MISSING, SECRET_MISSING or what `Models.problem` gives, the first of all in `details.problems`;
 *   IDEMPOTENCY_MISMATCH; STORE_FULL, STORE_UNAVAILABLE. Then no run was started.
 */
export async function startRun(deps: StartRunDeps, request: StartRun): Promise<StartedRun> {
  const { program, hash, keep } = await programOf(deps, request.from);
  const inputs = link(program).inputs(request.inputs);
  refuseProblems(await requirementProblems(deps, program.requires));

  await keep();
  const isPrivate = Object.keys(request.inputs).some((name) => program.inputs[name]?.private === true);
  const now = deps.clock.now();
  const { run, existing } = await deps.store.journal.create({
    id: runIdOf(now, randomBytes(10)),
    created: {
      type: 'run.created',
      at: now,
      workflow: program.id,
      program: hash,
      inputs: await storePayload(deps.store.blobs, inputs),
      ...(request.tags === undefined ? {} : { tags: [...new Set(request.tags)] }),
      ...(isPrivate ? { labels: ['private'] } : {}),
      ...(request.budget === undefined ? {} : { budget: request.budget }),
      ...(request.traceparent === undefined ? {} : { traceparent: request.traceparent }),
    },
    ...(request.idempotencyKey === undefined
      ? {}
      : { idempotency: { key: request.idempotencyKey, body: bodyHash(request) } }),
  });
  // Also for an existing run: the process that stored it may have died before it called a worker.
  await callWorker(deps, run);
  return { run, existing, workflow: program.id, program: hash };
}

type ProgramInHand = { readonly program: Program; readonly hash: Hash; readonly keep: () => Promise<void> };

async function programOf(deps: StartRunDeps, from: StartRun['from']): Promise<ProgramInHand> {
  if ('workflow' in from) {
    const current = (await deps.store.programs.versions(from.workflow))[0];
    if (current === undefined) {
      const near = nearest(
        from.workflow,
        (await deps.store.programs.published()).map(({ id }) => id),
      );
      const meant = near === undefined ? '' : ` Did you mean ${near}?`;
      throw new TelosError('WORKFLOW_NOT_FOUND', `No workflow is published as ${from.workflow}.${meant}`, {
        details: { workflow: from.workflow },
        next: 'GET /v1/workflows lists what is published; `telos serve` publishes the files in workflows/.',
      });
    }
    return {
      program: loadProgram(current.program, current.hash),
      hash: current.hash,
      keep: async () => {}, // it is stored: that is where it came from
    };
  }
  const compiled = await compileWorkflow(deps, from);
  return {
    program: compiled.program,
    hash: compiled.hash,
    keep: () => deps.store.programs.put(storedProgram(compiled, from.source, deps.clock.now())),
  };
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

/** Of the request as it was sent, not of what it means today: a later version of the workflow makes it no other request. */
function bodyHash({ from, inputs, tags, budget }: StartRun): Hash {
  const named = 'workflow' in from ? { workflow: from.workflow } : { source: from.source };
  return hashOf(
    canonicalJson({
      ...named,
      inputs,
      tags: tags === undefined ? null : [...tags],
      budget: budget === undefined ? null : { ...budget },
    }),
  );
}
