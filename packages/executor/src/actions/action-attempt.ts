/**
 * One attempt of an action step in a slot of its run's owner:
 *
 *   prepared ─> rendered ─> start recorded, durable ─> called ─> outcome stored ─> settled
 *
 * One object is all of it: who it is prepared for, what is held meanwhile, and
 * what the step under way calls. There is one for every step that runs, so what
 * most attempts do without (calls, rails, text) is made when it is first needed.
 */
import { errorRecordOf, TelosError } from '@telos/core';
import type { CheckUse, Clock, Did, Json, Keeping, Labels, Payload, RateLimit, StepPath } from '@telos/core';
import type { ToolCallReport, Usage, WorkPart } from '@telos/core';
import { absentTool, unknownTool } from '../attempt/absent-tool.ts';
import { runAttempt } from '../attempt/attempt.ts';
import type { AttemptResult } from '../attempt/attempt.ts';
import type { Forking, RecordedOutput } from '../attempt/forking.ts';
import { didOfPrepared, prepare, renderedInput, unprepared, withheldInput } from '../attempt/preparing.ts';
import type { ActionAt, Prepared, Preparing } from '../attempt/preparing.ts';
import { broughtBy, carriedBy, railingOf } from '../attempt/ready-attempt.ts';
import type { AttemptMaker, ReadyAttempt } from '../attempt/ready-attempt.ts';
import { recordAnswers, refuseAttempt, settle } from '../attempt/settling.ts';
import type { Came, Interruption } from '../attempt/settling.ts';
import type { Desk } from '../desk/desk.ts';
import { didOf } from '../labels/effect.ts';
import { isLabelled } from '../labels/labelling.ts';
import { mayHaveOf } from '../labels/private-judging.ts';
import type { MayHave } from '../labels/private-judging.ts';
import { keepingOf } from '../rails/keeping.ts';
import { resultsOf } from '../rails/railing.ts';
import type { Answered, Railing } from '../rails/railing.ts';
import { showsOf, turnRailsIn, withholds } from '../rails/rails-of.ts';
import { createShowing } from '../rails/showing.ts';
import type { Showing } from '../rails/showing.ts';
import type { TurnRails } from '../rails/turn-rails.ts';
import { startStep } from '../running/active-step.ts';
import type { ActiveStep, ActiveStepSpec, AttemptHooks, Failure } from '../running/active-step.ts';
import { createCalls } from '../running/calls.ts';
import type { Calls } from '../running/calls.ts';
import type { StrayOf } from '../running/strays.ts';
import { noteWaits } from '../running/waiting-calls.ts';

/** The slots that the attempts of a run are in. */
export interface AttemptSlots {
  readonly desk: Desk;
  readonly forking: Forking;
  readonly interrupted: Interruption;
  /** Gives the slot of this step back, if it holds one. */
  vacate(path: StepPath): void;
  /** Whether the attempt still has its slot. */
  holds(attempt: ActionAttempt): boolean;
}

/** What the call is made with, once it is known. */
type Ready = ReadyAttempt & { readonly attempt: Prepared };

export class ActionAttempt implements Preparing, ActiveStepSpec<AttemptResult>, AttemptMaker {
  readonly path: StepPath;
  readonly attempt: number;
  readonly #at: ActionAt;
  readonly #slots: AttemptSlots;
  #ready: Ready | undefined;
  #active: ActiveStep | undefined;
  #calls: Calls | undefined;
  #railing: Railing | undefined;
  #showing: Showing | undefined;

  constructor(slots: AttemptSlots, at: ActionAt, attempt: number) {
    this.path = at.path;
    this.attempt = attempt;
    this.#at = at;
    this.#slots = slots;
  }

  /** Renders, records the start, and makes the call when that is durable. */
  begin(): void {
    prepare(this.#slots.desk, this.#at, this.attempt, this);
  }

  /** What the call may have done. Undefined while none was made. */
  did(): Did | undefined {
    return this.#ready === undefined || this.#active === undefined
      ? undefined
      : didOf(this.#ready.attempt, this.#ready.tool);
  }

  /** What its tool always brings; nothing while no call was made. */
  get returns(): Labels {
    return this.#active === undefined ? [] : (this.#ready?.tool.returns ?? []);
  }

  /** Aborts the call in flight and forgets its outcome. Gives what there was so far. */
  stop(reason: Error): ReturnType<ActiveStep['stop']> {
    return this.#active?.stop(reason) ?? {};
  }

  onDrop(): void {
    this.#vacate();
  }

  onReady(prepared: Prepared): void {
    const { desk } = this.#slots;
    const { path } = this;
    const { uses } = this.#at.step;
    const tool = prepared.context.tool(uses);
    let ready: Ready;
    try {
      const resumes = Object.keys(prepared.known).length > 0;
      const isWithheld = this.#slots.forking.isWithholding && this.#slots.forking.withholds(didOfPrepared(prepared));
      if (tool === undefined && !resumes && !isWithheld) throw unknownTool(uses);
      const { shown, input } = isWithheld ? withheldInput(prepared) : renderedInput(prepared);
      ready = { attempt: prepared, tool: tool ?? absentTool(uses), input, shown };
    } catch (error) {
      this.onUnprepared(error);
      return;
    }
    this.#ready = ready;
    if (desk.state.steps.get(path)?.status === 'running') this.#call(ready);
    else desk.store(ready.shown, (input) => this.#record(ready, input), this);
  }

  onUnprepared(error: unknown): void {
    const { desk } = this.#slots;
    refuseAttempt(desk, this.#at, this.attempt, unprepared(error));
    this.#vacate();
  }

  get of(): StrayOf {
    const { id: run, traceparent, tracestate } = this.#slots.desk.state;
    return { run, path: this.path, attempt: this.attempt, traceparent, tracestate };
  }

  get clock(): Clock {
    return this.#slots.desk.deps.clock;
  }

  get timeoutMs(): number | undefined {
    return this.#at.step.timeoutMs;
  }

  get keepsText(): boolean {
    return !withholds(this.#ready?.attempt.rails);
  }

  run(hooks: AttemptHooks): Promise<AttemptResult> {
    const ready = this.#known();
    this.#railing = railingOf(ready, this, hooks);
    return runAttempt(ready, this, hooks, this.#railing);
  }

  get host(): Desk {
    return this.#slots.desk;
  }

  get says(): TurnRails | undefined {
    return turnRailsIn(this.host, this.#at.step, this.#at.frame);
  }

  get keeping(): Keeping {
    return keepingOf(this.host, this.#at);
  }

  async record(answers: readonly Answered[]): Promise<void> {
    const value = answers.at(-1)?.value;
    const payload = value === undefined ? undefined : await this.host.persist(value);
    recordAnswers(this.host, this.#at, this.attempt, resultsOf(answers, payload));
  }

  mayHave(uses: readonly CheckUse[], output: Json): MayHave {
    const { host } = this;
    const ready = this.#known();
    const { attempt, tool } = ready;
    if (!isLabelled(host.state, attempt.context) && tool.returns.length === 0 && tool.labelsOf === undefined)
      return undefined;
    const { frame, step } = this.#at;
    const carried = carriedBy(ready, broughtBy(ready, output));
    return mayHaveOf(host, { frame, reads: step.reads, values: [attempt.labelling, carried], uses });
  }

  onText(text: string): void {
    this.#showing ??= this.#show();
    this.#showing.text(text);
  }

  onWork(part: WorkPart): void {
    this.#showing ??= this.#show();
    this.#showing.work(part);
  }

  onCall(call: ToolCallReport): void {
    this.#calls ??= createCalls(this.#slots.desk, this.path, this.attempt);
    this.#calls.record(call);
  }

  onWait(limit: RateLimit): () => void {
    return noteWaits(this.#slots.desk, this.path, this.attempt)(limit);
  }

  onError(error: unknown): void {
    this.#slots.desk.fail(error);
  }

  onEnd(result: AttemptResult | Failure, usage: Usage | undefined): void {
    if (this.#calls === undefined) this.#ended(result, usage);
    else this.#calls.settle(() => this.#ended(result, usage));
  }

  #record(ready: Ready, input: Payload): void {
    const { desk } = this.#slots;
    const { path, attempt } = this;
    const { labelling } = ready.attempt;
    if (desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labelling }))
      desk.afterCommit(() => this.#call(ready));
    else this.#vacate();
  }

  #call(ready: Ready): void {
    const { desk, forking } = this.#slots;
    const { state } = desk;
    const known = state.steps.get(this.path);
    if (known?.status !== 'running' || known.attempt !== this.attempt) {
      this.#vacate();
      return;
    }
    if (state.fork !== undefined) {
      const recorded = forking.recorded(this.#at, didOf(ready.attempt, ready.tool), () => desk.persist(ready.shown));
      if (recorded !== undefined) {
        this.#settleRecorded(ready, recorded);
        return;
      }
    }
    this.#active = startStep<AttemptResult>(this);
  }

  /** What the run that this one was forked from has of the step stands for doing it again. */
  #settleRecorded(ready: Ready, recorded: Promise<RecordedOutput>): void {
    const { desk } = this.#slots;
    const { path, attempt } = this;
    const { step } = this.#at;
    const labelling = carriedBy(ready);
    recorded
      .then(
        (known) => void desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, ...known }),
        (thrown: unknown) => {
          const error = errorRecordOf(thrown, 'BUG');
          desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random: 0, labelling });
        },
      )
      .then(() => this.#vacate())
      .catch(desk.fail);
  }

  #ended(result: AttemptResult | Failure, usage: Usage | undefined): void {
    const value = 'output' in result ? result.output : this.#asked(result);
    if (value === undefined) this.#settle(result, usage);
    else this.#slots.desk.store(value, (stored) => this.#settle(result, usage, stored));
  }

  /** What a person is asked about. */
  #asked(result: AttemptResult | Failure): Json | undefined {
    return result.ended === 'asked' ? this.#railing?.answers.at(-1)?.value : undefined;
  }

  #settle(result: AttemptResult | Failure, usage: Usage | undefined, stored?: Payload): void {
    // Stopped while its output was being stored.
    if (!this.#slots.holds(this)) return;
    const { desk } = this.#slots;
    const at = this.#at;
    const { attempt } = this;
    const ready = this.#known();
    if (this.#railing !== undefined) {
      const shown = result.ended === 'asked' ? stored : undefined;
      recordAnswers(desk, at, attempt, resultsOf(this.#railing.answers, shown));
    }
    const brought = 'brought' in result ? result.brought : undefined;
    const labelling = carriedBy(ready, brought);
    const isDone = result.ended === 'succeeded';
    const called = isDone ? { usage, labelling } : { usage, labelling, did: didOf(ready.attempt, ready.tool) };
    settle(this.#slots, at, attempt, this.#cameOf(result, stored), called);
    if (isDone) this.#showing?.passed(result.output);
    this.#vacate();
  }

  #cameOf(result: AttemptResult | Failure, stored: Payload | undefined): Came {
    const { rendering, scope } = this.#known().attempt;
    if (result.ended === 'failed') return { ended: 'failed', error: rendering.hide(result.error) };
    if (result.ended === 'asked') return { ended: 'asked' };
    if (stored === undefined) throw new TelosError('BUG', `The output of ${this.path} was not stored.`);
    const { gate } = result;
    return result.ended === 'succeeded'
      ? { ended: 'succeeded', output: stored, gate }
      : { ended: 'rejected', output: stored, gate: result.gate, scope };
  }

  #show(): Showing {
    const { desk } = this.#slots;
    const { frame, step } = this.#at;
    return createShowing(desk.deps.live, this.of, showsOf(desk, step, frame));
  }

  /** @throws TelosError BUG when no call was made. */
  #known(): Ready {
    if (this.#ready === undefined) throw new TelosError('BUG', `${this.path} has an outcome and made no call.`);
    return this.#ready;
  }

  #vacate(): void {
    this.#slots.vacate(this.path);
  }
}
