/** Serving tasks: steps of runs that other workers own. What comes of one is posted to its run. */
import {
  defaultNamespace,
  defaultPriority,
  errorRecordOf,
  joinLabels,
  labelsIn,
  marked,
  mayRepeat,
  noLabels,
  TelosError,
  toolIn,
  turnOf,
  withMarks,
} from '@telos/core';
import type { Did, OwnerId, Program, RateLimit, ToolCallReport, Usage } from '@telos/core';
import { startStep } from '../running/active-step.ts';
import type { ActiveStep, Failure } from '../running/active-step.ts';
import { runAttempt } from '../attempt/attempt.ts';
import type { AttemptResult } from '../attempt/attempt.ts';
import { didOf } from '../labels/effect.ts';
import { withGiven } from '../attempt/given-input.ts';
import { withRailed } from '../attempt/railed-input.ts';
import type { Railing } from '../rails/railing.ts';
import { withholds } from '../rails/rails-of.ts';
import { createShowing } from '../rails/showing.ts';
import { createDelivery, failedMessage, stoppedMessage } from './delivery.ts';
import type { StepJob } from './delivery.ts';
import { hiddenFromAgent, inputRestored } from '../scope/put-back.ts';
import { hidingAgain, renderingOf } from '../scope/rendering.ts';
import type { OwnerShared } from '../desk/owner-shared.ts';
import { StepContext } from '../running/step-context.ts';
import { stepQueue } from './placing.ts';
import { mayHaveElsewhere, railingElsewhere } from './shown-elsewhere.ts';
import { readTask } from './read-task.ts';
import { partsOf } from './task.ts';
import type { Task } from './task.ts';
import { createTaskRoom } from './task-room.ts';

export interface TaskServer {
  /** Says that this worker lives, and ends the tasks that were called off. While tasks are under way that happens by itself. */
  beat(): Promise<void>;
  /** Takes no more; resolves when what is under way has ended. */
  stop(): Promise<void>;
  /** Ends what is under way: what may be made again is handed back. What came of others and the store has not taken is tried once more. */
  handBack(): void;
}

export type TaskServerOptions = {
  readonly owner: OwnerId;
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly aliveMs: number;
};

/** How often a worker asks whether its tasks are still wanted. */
const busyBeatMs = 500;

type Underway = {
  readonly job: StepJob;
  readonly active: ActiveStep;
  readonly did: () => Did;
  readonly end: () => void;
};

export function serveTasks(shared: OwnerShared, options: TaskServerOptions): TaskServer {
  const { deps, slots, values, programs } = shared;
  const { store, queue } = deps;
  const underway = new Map<string, Underway>();
  /** Tasks that are being claimed and begun, each with whether it was called off meanwhile: a worker is told of that once. */
  const beginning = new Map<string, { isWanted: boolean }>();
  const { owner, aliveMs } = options;
  let stopping = false;
  let beating = false;
  let beatenAt = Number.NEGATIVE_INFINITY;

  const room = createTaskRoom(slots);
  const delivery = createDelivery(store, values, deps.clock);

  const server = queue.serve(
    { queues: options.queues.map(stepQueue), concurrency: options.concurrency, room },
    async (job, signal) => {
      if (job.kind !== 'step' || job.task === undefined || stopping) return;
      try {
        const task = await readTask(values, job.task);
        if (!(await slot(job, signal))) return;
        room.entered();
        const key = keyOf(job);
        beginning.set(key, { isWanted: true });
        try {
          if (await claimed(job)) await run(job, task);
        } finally {
          beginning.delete(key);
          slots.give();
          room.left();
        }
      } catch (error) {
        const message = `Step ${job.path} of run ${job.run} could not be run here: ${messageOf(error)}`;
        deps.report({ message, run: job.run, error });
      }
    },
  );

  /** A slot for this task; false when it is not wanted any more. */
  function slot(job: StepJob, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const withdraw = slots.whenFree(job.run, job, () => {
        signal.removeEventListener('abort', end);
        if (!signal.aborted) resolve(true);
        else {
          slots.give();
          resolve(false);
        }
      });
      const end = (): void => {
        withdraw();
        resolve(false);
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }

  /**
   * Whether the task is this worker's to run. One that it was given and learned of too late, or not at all, is handed
   * back: nobody else would get it, and its owner may count this worker as gone.
   */
  async function claimed(job: StepJob): Promise<boolean> {
    let isLost = false;
    const isGiven = await delivery.untilStored(async () => {
      try {
        if (!isKnownAlive(aliveMs / 2)) await beat();
        return await store.claims.claim(job, owner);
      } catch (error) {
        if (stopping) return false;
        isLost = true;
        throw error;
      }
    });
    if (isGiven && isKnownAlive(aliveMs)) return true;
    if (isGiven || (isLost && (await isMine(job)))) await delivery.message(job, stoppedMessage(job));
    return false;
  }

  /** Whether the store has heard of this worker within this time. */
  function isKnownAlive(ms: number): boolean {
    return deps.clock.now() - beatenAt < ms;
  }

  async function isMine({ run, path, attempt }: StepJob): Promise<boolean> {
    const claims = await delivery.untilStored(() => store.claims.of(run));
    return claims.some((one) => one.worker === owner && one.path === path && one.attempt === attempt);
  }

  async function run(job: StepJob, task: Task): Promise<void> {
    const { path, attempt } = job;
    const { step, feedback, model, rails, labelling, texts } = partsOf(task);
    const linked = await delivery
      .untilStored(() => programs.linked(task.program))
      .catch((error: unknown) =>
        // It is this worker's, and its owner would wait for it as long as this worker lives.
        delivery.message(job, failedMessage(job, errorRecordOf(error, 'BUG'))),
      );
    const key = keyOf(job);
    if (linked === undefined) return;
    if (beginning.get(key)?.isWanted === false) return;
    const plain = renderingOf(linked.program, linked, deps.secret);
    const rendering = texts === undefined ? plain : hidingAgain(plain, hiddenFromAgent(texts));
    const tool = toolIn(deps, linked.program.tools, step.uses);
    const { scope, idempotencyKey } = task;
    const did = (): Did =>
      tool === undefined ? { effect: 'read', repeatable: true } : didOf({ step }, { tool, scope, rendering });
    const calls: ToolCallReport[] = [];
    const { promise, resolve } = Promise.withResolvers<{ result: AttemptResult | Failure | 'ended'; usage?: Usage }>();
    const { share: namespace = defaultNamespace, priority = defaultPriority } = job;
    const workflow = async (id: string): Promise<Program | undefined> => {
      const { workflows = {} } = task;
      const hash = Object.hasOwn(workflows, id) ? workflows[id] : undefined;
      return hash === undefined ? undefined : (await delivery.untilStored(() => programs.linked(hash))).program;
    };
    const host = { state: { id: job.run, namespace, priority }, deps, workflow };
    const showing = createShowing(deps.live, { run: job.run, path, attempt }, task.shows);
    let railing: Railing | undefined;
    const started = startStep<AttemptResult>({
      of: { run: job.run, path, attempt, traceparent: task.traceparent },
      clock: deps.clock,
      timeoutMs: step.timeoutMs,
      keepsText: !withholds(rails),
      async run(hooks) {
        if (tool === undefined) throw new TelosError('TOOL_UNKNOWN', `This worker has no tool named ${step.uses}.`);
        let rendered = rendering.input(step, scope);
        if (task.given !== undefined) rendered = withGiven(rendered, task.given);
        if (task.railed !== undefined) rendered = withRailed(rendered, task.railed);
        rendered = { ...rendered, input: inputRestored(rendered.input, texts) };
        const { input } = rendered;
        const judged = { deps, task, path, step, tool, input, labelling, linked };
        const mayHave = mayHaveElsewhere(judged);
        const vault = shared.vaults.of(job.run, task.placeholders);
        railing = railingElsewhere({ ...judged, rails, hooks, vault, turn: turnOf({ namespace, priority }) });
        const context = new StepContext(host, railing?.hooks ?? hooks, {
          path,
          attempt,
          idempotencyKey,
          scope,
          rendering,
          sources: () => task.sources,
          ...(feedback === undefined ? {} : { feedback }),
          ...(model === undefined ? {} : { model }),
          ...(labelling === undefined ? {} : { labelling }),
        });
        const gate = { checks: deps.checks, linked, scope, mayHave };
        return runAttempt({ step, tool, ...rendered, context, hide: rendering.hide, gate, railing });
      },
      onText: showing.text,
      onCall: (call) => void calls.push(call),
      onWait: tellsOfWaits(job),
      onError: (error) => deps.report({ message: messageOf(error), run: job.run, error }),
      onEnd: (result, usage) => resolve({ result, ...(usage === undefined ? {} : { usage }) }),
    });
    underway.set(key, { job, active: started, did, end: () => resolve({ result: 'ended' }) });
    if (!beating) {
      beating = true;
      void beatWhileBusy();
    }
    try {
      const { result, usage } = await promise;
      if (result === 'ended') return;
      const own = marked(tool?.returns ?? noLabels, path);
      const brought = 'brought' in result && result.brought !== undefined ? withMarks(result.brought, own) : own;
      const read = joinLabels(task.labels, labelsIn(brought));
      const labels = step.trust === 'trusted' ? read.filter((label) => label !== 'untrusted') : read;
      await delivery.outcome(job, {
        result,
        calls,
        usage,
        did: did(),
        labels,
        brought,
        hide: rendering.hide,
        answers: railing?.answers ?? [],
      });
      if (result.ended === 'succeeded') showing.passed(result.output);
    } finally {
      underway.delete(key);
    }
  }

  /** Tells the owner of calls that wait: what it does not hear is not shown, and nothing else. */
  function tellsOfWaits(job: StepJob): (limit: RateLimit) => () => void {
    const { path, attempt } = job;
    let told: Promise<void> = Promise.resolve();
    let count = 0;
    const tell = (limit: RateLimit, waits: boolean): void => {
      const id = `limit ${path} ${attempt} ${count++}`;
      told = told
        .then(() => store.inbox.post(job.run, { id, kind: 'limit', path, attempt, limit, waits }))
        .catch(() => undefined);
    };
    return (limit) => {
      tell(limit, true);
      return () => tell(limit, false);
    };
  }

  async function beat(): Promise<void> {
    const at = deps.clock.now();
    const calledOff = await store.claims.beat(owner, aliveMs);
    beatenAt = at;
    for (const task of calledOff) {
      const key = keyOf(task);
      const known = underway.get(key);
      known?.active.stop(new TelosError('CANCELLED', 'The run does not want it any more.'));
      known?.end();
      const begun = beginning.get(key);
      if (begun !== undefined) begun.isWanted = false;
    }
  }

  /** A task that is called off has to hear of it soon. */
  async function beatWhileBusy(): Promise<void> {
    while (underway.size > 0) {
      await deps.clock.sleep(busyBeatMs);
      await beat().catch((error: unknown) => deps.report({ message: messageOf(error), error }));
    }
    beating = false;
  }

  return {
    beat,
    stop() {
      stopping = true;
      return server.stop();
    },
    handBack() {
      for (const { job, active, did, end } of underway.values()) {
        const { usage } = active.stop(new TelosError('HANDED_OVER', 'The worker was told to stop.'));
        end();
        if (!mayRepeat(did())) continue;
        store.inbox.post(job.run, stoppedMessage(job, usage)).catch((error: unknown) => {
          deps.report({ message: messageOf(error), run: job.run, error: errorRecordOf(error) });
        });
      }
      delivery.end();
    },
  };
}

function keyOf({ run, path, attempt }: Pick<StepJob, 'run' | 'path' | 'attempt'>): string {
  return `${run} ${path} ${attempt}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
