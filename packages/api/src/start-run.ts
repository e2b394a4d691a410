/**
 * Starting a run: the one way in, for REST, the command line and what else has a door.
 *
 * Everything that can be known to be wrong is said before anything is stored;
 * then the program, the inputs and `run.created` are stored, and only then is
 * a worker called. A process that dies in between leaves a stored run, which
 * any worker finds, or nothing.
 */
import { TelosError } from '@telos/core';
import type { CallbackSpec, EventOf, Hash, JsonObject, Priority, Store } from '@telos/core';
import { canonicalJson, hashOf } from '@telos/language';
import { nearest } from '@telos/language/text';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import { compiledProgram } from './compiled-program.ts';
import { currentProgram } from './current-program.ts';
import { earlierStart } from './earlier-start.ts';
import type { Beside } from './pin-workflows.ts';
import { startProgram } from './start-program.ts';
import type { StartedRun, StartProgramDeps } from './start-program.ts';
import type { ProgramInHand } from './program-in-hand.ts';

export type StartRunDeps = StartProgramDeps &
  CompileDeps & { readonly store: Pick<Store, 'journal' | 'programs' | 'blobs'> };

export type StartRun = {
  /** A published workflow by id, or the text of one. */
  readonly from: { readonly workflow: string } | WorkflowSource;
  readonly inputs: JsonObject;
  readonly tags?: readonly string[];
  readonly budget?: NonNullable<EventOf<'run.created'>['budget']>;
  readonly namespace?: string;
  readonly priority?: Priority;
  /** Where workflows that its steps run are looked for before those that are published. */
  readonly beside?: Beside;
  /** The same key and the same request give the same run. */
  readonly idempotencyKey?: string;
  /** Where its end is posted. */
  readonly callback?: CallbackSpec;
  /** W3C trace context of the caller. */
  readonly traceparent?: string;
  readonly tracestate?: string;
};

/**
 * Starts a run; it is durable when this resolves.
 *
 * @throws TelosError WORKFLOW_NOT_FOUND, RECURSION, WORKFLOW_INVALID (`details.faults`), INPUT_INVALID (`details.problems`);
 *   REQUIREMENT_MISSING, SECRET_MISSING or what `Models.problem` gives, the first of all in `details.problems`;
 *   IDEMPOTENCY_MISMATCH; CONCURRENCY_FULL; STORE_FULL, STORE_UNAVAILABLE. Then no run was started.
 */
export async function startRun(deps: StartRunDeps, request: StartRun): Promise<StartedRun> {
  const { from, idempotencyKey, ...terms } = request;
  const idempotency = idempotencyKey === undefined ? undefined : { key: idempotencyKey, body: bodyHash(request) };
  const earlier = await earlierStart(deps, idempotency);
  if (earlier !== undefined) return earlier;
  return startProgram(deps, await programOf(deps, from), {
    ...terms,
    ...(idempotency === undefined ? {} : { idempotency }),
  });
}

async function programOf(deps: StartRunDeps, from: StartRun['from']): Promise<ProgramInHand> {
  if ('workflow' in from) {
    const current = await currentProgram(deps.store, from.workflow);
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
    return current;
  }
  return compiledProgram(deps, from);
}

/** Of the request as it was sent, not of what it means today: a later version of the workflow makes it no other request. */
function bodyHash({ from, inputs, tags, budget, namespace, priority, callback }: StartRun): Hash {
  const named = 'workflow' in from ? { workflow: from.workflow } : { source: from.source };
  return hashOf(
    canonicalJson({
      ...named,
      inputs,
      tags: tags === undefined ? null : [...tags],
      budget: budget === undefined ? null : { ...budget },
      ...(namespace === undefined ? {} : { namespace }),
      ...(priority === undefined ? {} : { priority }),
      ...(callback === undefined ? {} : { callback: { ...callback, events: [...callback.events] } }),
    }),
  );
}
