/**
 * One attempt of a step of a run that another worker owns, in a slot of this one.
 *
 * It is made as its owner would make it. What differs: its parts have travelled,
 * its calls and answers go to its owner with what came of it, and nobody here
 * can look at the run.
 */
import {
  defaultNamespace,
  defaultPriority,
  joinLabels,
  labelsIn,
  marked,
  noLabels,
  toolIn,
  TelosError,
  withMarks,
} from '@telos/core';
import type {
  AnyTool,
  CheckUse,
  Clock,
  Did,
  Json,
  Labelling,
  Program,
  RateLimit,
  ToolCallReport,
  Usage,
  WorkPart,
} from '@telos/core';
import type { Linked } from '@telos/language';
import { unknownTool } from '../attempt/absent-tool.ts';
import { runAttempt } from '../attempt/attempt.ts';
import type { AttemptResult } from '../attempt/attempt.ts';
import { renderedInput } from '../attempt/preparing.ts';
import type { Attempt } from '../attempt/preparing.ts';
import { railingOf } from '../attempt/ready-attempt.ts';
import type { AttemptMaker, ReadyAttempt } from '../attempt/ready-attempt.ts';
import type { OwnerShared } from '../desk/owner-shared.ts';
import { didOf } from '../labels/effect.ts';
import type { MayHave } from '../labels/private-judging.ts';
import type { Railing } from '../rails/railing.ts';
import { withholds } from '../rails/rails-of.ts';
import { createShowing } from '../rails/showing.ts';
import type { Showing } from '../rails/showing.ts';
import { startStep } from '../running/active-step.ts';
import type { ActiveStep, ActiveStepSpec, AttemptHooks, Failure } from '../running/active-step.ts';
import type { StepHost } from '../running/step-context.ts';
import type { StrayOf } from '../running/strays.ts';
import type { Delivery, Ended, Left, StepJob } from './delivery.ts';
import { mayHaveElsewhere } from './shown-elsewhere.ts';
import { attemptIn } from './task.ts';
import type { Task } from './task.ts';

export type TaskAttemptSpec = {
  readonly shared: OwnerShared;
  readonly delivery: Delivery;
  readonly job: StepJob;
  readonly task: Task;
  /** The program that the step belongs to. */
  readonly linked: Linked;
};

type Came = { readonly result: AttemptResult | Failure; readonly usage: Usage | undefined };

export class TaskAttempt implements ActiveStepSpec<AttemptResult>, AttemptMaker {
  readonly job: StepJob;
  readonly of: StrayOf;
  readonly host: StepHost;
  readonly #spec: TaskAttemptSpec;
  readonly #attempt: Attempt;
  readonly #tool: AnyTool | undefined;
  readonly #showing: Showing;
  readonly #came: Promise<Came | undefined>;
  readonly #end: (came: Came | undefined) => void;
  readonly #calls: ToolCallReport[] = [];
  #ready: ReadyAttempt | undefined;
  #railing: Railing | undefined;
  #active: ActiveStep | undefined;
  /** Waits are told in their order. */
  #told: Promise<void> = Promise.resolve();
  #waits = 0;

  constructor(spec: TaskAttemptSpec) {
    const { shared, job, task, linked } = spec;
    const { run, path, attempt, share: namespace = defaultNamespace, priority = defaultPriority } = job;
    const { deps } = shared;
    const { promise, resolve } = Promise.withResolvers<Came | undefined>();
    this.job = job;
    this.#came = promise;
    this.#end = resolve;
    this.#spec = spec;
    this.of = { run, path, attempt, traceparent: task.traceparent, tracestate: task.tracestate };
    this.host = {
      state: { id: run, namespace, priority },
      deps,
      get vault() {
        return shared.vaults.of(run, task.placeholders);
      },
      workflow: (id) => this.#workflow(id),
    };
    this.#attempt = attemptIn(task, job, linked, deps.secret);
    this.#tool = toolIn(deps, linked.program.tools, this.#attempt.step.uses);
    this.#showing = createShowing(deps.live, this.of, task.shows);
  }

  begin(): void {
    this.#active = startStep<AttemptResult>(this);
  }

  /** What came of it; undefined once it was stopped. */
  async ended(): Promise<Ended | undefined> {
    const came = await this.#came;
    if (came === undefined) return undefined;
    const { result, usage } = came;
    const { step, rendering } = this.#attempt;
    const own = this.#marks();
    const brought = 'brought' in result && result.brought !== undefined ? withMarks(result.brought, own) : own;
    const read = joinLabels(this.#spec.task.labels, labelsIn(brought));
    return {
      result,
      calls: this.#calls,
      usage,
      did: this.did(),
      labels: step.trust === 'trusted' ? read.filter((label) => label !== 'untrusted') : read,
      brought,
      hide: rendering.hide,
      answers: this.#railing?.answers ?? [],
    };
  }

  /** Aborts the call in flight; nothing comes of it. Gives what there was so far. */
  stop(reason: Error): Left {
    const { partial, usage } = this.#active?.stop(reason) ?? {};
    this.#end(undefined);
    return { calls: this.#calls, usage, partial, brought: this.#marks() };
  }

  /** What the call may have done. */
  did(): Did {
    return this.#tool === undefined ? { effect: 'read', repeatable: true } : didOf(this.#attempt, this.#tool);
  }

  /** What it gave is on its way to its owner, and may be seen. */
  show({ result }: Ended): void {
    if (result.ended === 'succeeded') this.#showing.passed(result.output);
  }

  get clock(): Clock {
    return this.host.deps.clock;
  }

  get timeoutMs(): number | undefined {
    return this.#attempt.step.timeoutMs;
  }

  get keepsText(): boolean {
    return !withholds(this.#attempt.rails);
  }

  async run(hooks: AttemptHooks): Promise<AttemptResult> {
    const attempt = this.#attempt;
    const tool = this.#tool;
    if (tool === undefined) throw unknownTool(attempt.step.uses);
    const ready = { attempt, tool, ...renderedInput(attempt) };
    this.#ready = ready;
    this.#railing = railingOf(ready, this, hooks);
    return runAttempt(ready, this, hooks, this.#railing);
  }

  mayHave(_uses: readonly CheckUse[], output: Json): MayHave {
    const { shared, task } = this.#spec;
    if (this.#ready === undefined) throw new TelosError('BUG', `${this.job.path} is judged and its call was not made.`);
    return mayHaveElsewhere(shared.deps, task, this.#ready, output);
  }

  onText(text: string): void {
    this.#showing.text(text);
  }

  onWork(part: WorkPart): void {
    this.#showing.work(part);
  }

  onCall(call: ToolCallReport): void {
    this.#calls.push(call);
  }

  onWait(limit: RateLimit): () => void {
    this.#tell(limit, true);
    return () => this.#tell(limit, false);
  }

  onError(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#spec.shared.deps.report({ message, run: this.job.run, error });
  }

  onEnd(result: AttemptResult | Failure, usage: Usage | undefined): void {
    this.#end({ result, usage });
  }

  /** What its tool brings whatever it gives. */
  #marks(): Labelling {
    return marked(this.#tool?.returns ?? noLabels, this.#attempt.path);
  }

  /** What the owner does not hear of a call that waits is not shown, and nothing else. */
  #tell(limit: RateLimit, waits: boolean): void {
    const { run, path, attempt } = this.job;
    const { inbox } = this.#spec.shared.deps.store;
    const id = `limit ${path} ${attempt} ${this.#waits++}`;
    this.#told = this.#told
      .then(() => inbox.post(run, { id, kind: 'limit', path, attempt, limit, waits }))
      .catch(() => undefined);
  }

  async #workflow(id: string): Promise<Program | undefined> {
    const { shared, delivery, task } = this.#spec;
    const { workflows = {} } = task;
    const hash = Object.hasOwn(workflows, id) ? workflows[id] : undefined;
    return hash === undefined ? undefined : (await delivery.untilStored(() => shared.programs.linked(hash))).program;
  }
}
