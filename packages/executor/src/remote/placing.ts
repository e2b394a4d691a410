/**
 * Placing: steps of an owned run that other workers run.
 *
 *   owner: task stored, start recorded ─> queue ─> worker: slot, claim, attempt
 *   owner: outcome settled <─ inbox <───────────── worker: outcome posted
 *
 * The queue may lose an offer and a worker may die. So the owner looks now and
 * then at what was claimed: an offer that nobody claimed is made again, and an
 * attempt whose worker is gone counts as interrupted.
 */
import { labellingOf, labelsIn, leavesInDoubt, marked, turnOf, turnTool, unlabelled } from '@telos/core';
import type { Instant, Job, Labelling, Message, Payload, StepPath, Task as Claimed } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import type { OfferedStep } from '../desk/seals.ts';
import type { Interruption } from '../attempt/interruption.ts';
import { labellingOfOutput } from '../labels/labelling.ts';
import { prepare, shownInput, unprepared } from '../attempt/preparing.ts';
import type { ActionAt, Prepared } from '../attempt/preparing.ts';
import { showsOf } from '../rails/rails-of.ts';
import {
  recordAnswers,
  refuseAttempt,
  settleAsked,
  settleFailure,
  settleRejection,
  settleSuccess,
} from '../attempt/settling.ts';
import { judgesPrivate } from './shown-elsewhere.ts';
import { createCallingOff } from './calling-off.ts';
import type { LeftElsewhere } from './calling-off.ts';
import { noValues, setApart } from './set-apart.ts';
import { taskVersion } from './task.ts';
import type { Task } from './task.ts';

export type Outcome = Extract<Message, { kind: 'outcome' }>;

export interface Placing {
  /** Offers the attempt to the workers of a queue. */
  place(at: ActionAt, attempt: number, queue: string): void;
  /** The journal says that the attempt was placed, by an owner that is gone. */
  adopt(at: ActionAt, attempt: number, queue: string): void;
  /** What a worker made of an attempt; `settled` is called when that is applied, or came too late. */
  outcome(message: Outcome, settled: () => void): void;
  /** Ends an attempt wherever it is, also one that an earlier owner has placed; undefined when it is not placed. */
  abort(path: StepPath): Promise<LeftElsewhere> | undefined;
  /** Looks at what was claimed, offers again what was not, and notices workers that are gone. */
  check(): Promise<void>;
  /** Attempts that are placed now. */
  size(): number;
}

type Placed = {
  readonly at: ActionAt;
  readonly attempt: number;
  /** Once the task is stored, and since when it is. */
  readonly job?: Job;
  readonly storedAt?: Instant;
};
type Early = { readonly message: Outcome; readonly settled: () => void };

/**
 * No event names a task, so the store may remove it, and what travels beside it, some time after it was put (`prune`:
 * an hour). One that nobody has claimed for this long is put anew.
 */
const freshMs = 900_000;

/** @param interrupted Told of an attempt whose worker died, or whose far side did, as the error says. */
export function createPlacing(desk: Desk, interrupted: Interruption): Placing {
  const { state, deps } = desk;
  const { claims } = deps.store;
  const placed = new Map<StepPath, Placed>();
  /** Of what tasks can see, what was stored for one and need not be for the next. */
  let stored = noValues();
  /** Outcomes of attempts that an earlier owner placed, which came before this one has adopted them. */
  const early = new Map<StepPath, Early>();
  const callingOff = createCallingOff(state.id, deps, claims);

  function place(at: ActionAt, attempt: number, queue: string): void {
    prepare(desk, at, attempt, {
      path: at.path,
      onUnprepared: (error) => refuseAttempt(desk, at, attempt, unprepared(error)),
      onReady(prepared) {
        let shown;
        try {
          shown = shownInput(prepared);
        } catch (error) {
          refuseAttempt(desk, at, attempt, unprepared(error));
          return;
        }
        desk.store(shown, (input) => {
          const { labelling } = prepared;
          const start = { do: 'startStep', at: desk.now(), path: at.path, attempt, input, labelling, queue } as const;
          placed.set(at.path, { at, attempt });
          if (desk.apply(start)) desk.afterCommit(() => offer(prepared, queue));
          else placed.delete(at.path);
        });
      },
    });
  }

  /** Stores the task and rings for it. What goes wrong here is made good by `check`. */
  function offer(prepared: Prepared, queue: string): void {
    const { at, attempt } = prepared;
    const offerStored = (task: Payload): void => {
      if (placed.get(at.path)?.attempt !== attempt) return;
      const job = jobOf(at, attempt, queue);
      const sealed = desk.seal(job, task);
      if (sealed instanceof Promise) sealed.then((come) => offerSealed({ ...job, task: come })).catch(desk.fail);
      else offerSealed({ ...job, task: sealed });
    };
    const offerSealed = (job: OfferedStep): void => {
      if (placed.get(at.path)?.attempt !== attempt) return;
      placed.set(at.path, { at, attempt, job, storedAt: desk.now() });
      ring([job]);
    };
    const task = setApart(taskOf(desk, prepared), stored, (value) => desk.persist(value));
    if (task instanceof Promise) task.then((parted) => desk.store(parted, offerStored)).catch(desk.fail);
    else desk.store(task, offerStored);
  }

  /** What the journal says was placed, offered as if it had not been. */
  function offerAnew(at: ActionAt, attempt: number, queue: string): void {
    prepare(desk, at, attempt, {
      path: at.path,
      onUnprepared: (error) => settleFailure(desk, at, attempt, unprepared(error)),
      onReady: (prepared) => offer(prepared, queue),
    });
  }

  function ring(jobs: readonly Job[]): void {
    if (jobs.length === 0) return;
    deps.queue.offer(jobs).catch((error: unknown) => {
      const message = `Steps of run ${state.id} could not be offered: ${error instanceof Error ? error.message : String(error)}`;
      deps.report({ message, run: state.id, error });
    });
  }

  function jobOf(at: ActionAt, attempt: number, queue: string): OfferedStep {
    return { kind: 'step', queue: stepQueue(queue), run: state.id, path: at.path, attempt, ...turnOf(state) };
  }

  /** What was read for the attempt is known here; the worker says what its tool brought. */
  function givenBy(at: ActionAt, brought: Labelling): Labelling {
    const { path, step } = at;
    const known = state.steps.get(path);
    const input = known?.status === 'running' ? labellingOf(known, path) : unlabelled;
    const echoes = desk.contexts.of(at.frame).tool(step.uses)?.echoes;
    return labellingOfOutput({ step, path, input, returns: [], brought, echoes });
  }

  /** Only once the outcome is recorded: the next owner of a task that is forgotten would wait for it for ever. */
  function forgetLater(path: StepPath, attempt: number): void {
    desk.afterCommit(() => {
      claims.forget([{ run: state.id, path, attempt }]).catch(() => {
        // The end of the run forgets it.
      });
    });
  }

  function queueOf(path: StepPath): string | undefined {
    const known = state.steps.get(path);
    return known?.status === 'running' ? known.queue : undefined;
  }

  /** Of a step of which the journal says that it was placed: which attempt. */
  function attemptElsewhere(path: StepPath): number | undefined {
    const known = state.steps.get(path);
    return known?.status === 'running' && known.queue !== undefined ? known.attempt : undefined;
  }

  function outcome(message: Outcome, settled: () => void): void {
    const { path, attempt, calls, usage, outcome: came, rails = [], did, labels = [], brought } = message;
    if (callingOff.heard(message, settled)) return;
    const known = placed.get(path);
    if (known === undefined && attemptElsewhere(path) === attempt) {
      early.set(path, { message, settled });
      return;
    }
    if (known?.attempt !== attempt) {
      settled();
      return;
    }
    placed.delete(path);
    const { at } = known;
    for (const [index, call] of calls.entries())
      desk.apply({ do: 'recordCall', at: desk.now(), path, attempt, index, call });
    recordAnswers(desk, at, attempt, rails);
    const called = { usage, did, labelling: givenBy(at, brought ?? marked(labels, path)) };
    switch (came.ended) {
      case 'failed':
        if (leavesInDoubt(came.error, did)) interrupted(at, attempt, came.error);
        else settleFailure(desk, at, attempt, came.error, called);
        break;
      case 'succeeded':
        settleSuccess(desk, at, attempt, came.output, called, came.gate);
        break;
      case 'asked':
        settleAsked(desk, at, attempt, called);
        break;
      case 'stopped':
        desk.apply({ do: 'handOver', at: desk.now(), path, attempt, ...(usage === undefined ? {} : { usage }) });
        break;
      case 'rejected': {
        const { output, gate } = came;
        desk.read({ path, frame: at.frame, reads: at.step.reads }, (scope) => {
          settleRejection(desk, at, attempt, { output, gate, scope }, called);
          forgetLater(path, attempt);
          settled();
        });
        return;
      }
    }
    forgetLater(path, attempt);
    settled();
  }

  return {
    place,
    adopt(at, attempt, queue) {
      placed.set(at.path, { at, attempt });
      const came = early.get(at.path);
      early.delete(at.path);
      if (came !== undefined) {
        outcome(came.message, came.settled);
        return;
      }
      offerAnew(at, attempt, queue);
    },
    outcome,
    abort(path) {
      early.get(path)?.settled();
      early.delete(path);
      const known = placed.get(path);
      placed.delete(path);
      const { attempt = attemptElsewhere(path), job } = known ?? {};
      return attempt === undefined ? undefined : callingOff.end({ run: state.id, path, attempt }, job);
    },
    async check() {
      if (placed.size === 0) return;
      const found = new Map<string, Claimed & { readonly alive: boolean }>();
      for (const claim of await claims.of(state.id)) found.set(`${claim.path} ${claim.attempt}`, claim);
      const again: Job[] = [];
      const old: (Placed & { readonly queue: string })[] = [];
      const freshFrom = desk.now() - freshMs;
      for (const [path, one] of placed) {
        const { at, attempt, job, storedAt = Number.POSITIVE_INFINITY } = one;
        const claim = found.get(`${path} ${attempt}`);
        if (claim === undefined) {
          const queue = storedAt < freshFrom ? queueOf(path) : undefined;
          if (queue !== undefined) old.push({ ...one, queue });
          else if (job !== undefined) again.push(job);
        } else if (!claim.alive) {
          placed.delete(path);
          interrupted(at, attempt);
        }
      }
      ring(again);
      if (old.length > 0) stored = noValues();
      for (const { at, attempt, queue } of old) offerAnew(at, attempt, queue);
    },
    size: () => placed.size,
  };
}

/** The name under which steps of a queue are offered: runs are offered under the bare one. */
export function stepQueue(queue: string): string {
  return `steps.${queue}`;
}

function taskOf(desk: Desk, prepared: Prepared): Task {
  const { at, context, scope, idempotencyKey, labelling, sources, given, railed, rails, feedback, model } = prepared;
  const { texts } = prepared;
  return {
    version: taskVersion,
    program: context.hash,
    step: at.step,
    scope,
    idempotencyKey,
    ...(desk.state.traceparent === undefined ? {} : { traceparent: desk.state.traceparent }),
    ...(desk.state.tracestate === undefined ? {} : { tracestate: desk.state.tracestate }),
    labels: [...labelsIn(labelling)],
    ...(labelling === unlabelled ? {} : { labelling }),
    sources: sources(),
    ...(given === undefined ? {} : { given }),
    ...(feedback === undefined ? {} : { feedback }),
    ...(model === undefined ? {} : { model }),
    ...(railed === undefined ? {} : { railed }),
    ...(texts === undefined ? {} : { texts }),
    // Rails are plain data, as all of a program is.
    ...(rails === undefined ? {} : { rails }),
    ...(judgesPrivate(desk, prepared) ? { judgesPrivate: true as const } : {}),
    ...(desk.state.placeholders.size === 0 ? {} : { placeholders: [...desk.state.placeholders] }),
    ...(at.step.uses === turnTool && Object.keys(desk.state.workflows).length > 0
      ? { workflows: desk.state.workflows }
      : {}),
    shows: showsOf(desk, at.step, at.frame),
  };
}
