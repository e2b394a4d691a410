/**
 * One attempt of an action step in a slot of its run's owner:
 *
 *   prepared ─> rendered ─> start recorded, durable ─> called ─> outcome stored ─> settled
 *
 * One object is all of it: who it is prepared for, what is held meanwhile, and
 * what the step under way calls. There is one for every step that runs, so what
 * most attempts do without (calls, rails, text) is made when it is first needed.
 */
import { checksOfGate, errorRecordOf, leavesInDoubt, TelosError, turnOf } from '@telos/core';
import type { AnyTool, CheckUse, Clock, Did, Json, Labelling, Labels, Payload, RateLimit, StepPath } from '@telos/core';
import type { ToolCallReport, Usage } from '@telos/core';
import { absentTool, unknownTool } from '../attempt/absent-tool.ts';
import { startStep } from '../running/active-step.ts';
import type { ActiveStep, ActiveStepSpec, AttemptHooks, Failure } from '../running/active-step.ts';
import { broughtBy, runAttempt } from '../attempt/attempt.ts';
import type { AttemptResult } from '../attempt/attempt.ts';
import { boundedError } from '../running/bounded.ts';
import { createCalls } from '../running/calls.ts';
import type { Calls } from '../running/calls.ts';
import type { Desk } from '../desk/desk.ts';
import { didOf } from '../labels/effect.ts';
import type { Forking } from '../attempt/forking.ts';
import type { Interruption } from '../attempt/interruption.ts';
import { isLabelled, labellingOfOutput } from '../labels/labelling.ts';
import { didOfPrepared, prepare, renderedInput, unprepared, withheldInput } from '../attempt/preparing.ts';
import type { ActionAt, Prepared, Preparing } from '../attempt/preparing.ts';
import { mayHaveOf } from '../labels/private-judging.ts';
import type { MayHave } from '../labels/private-judging.ts';
import { keepingOf } from '../rails/keeping.ts';
import { createRailing, resultsOf } from '../rails/railing.ts';
import type { Answered, Railing } from '../rails/railing.ts';
import { showsOf, turnRailsIn, withholds } from '../rails/rails-of.ts';
import { createShowing } from '../rails/showing.ts';
import type { Showing } from '../rails/showing.ts';
import {
  recordAnswers,
  refuseAttempt,
  settleAsked,
  settleFailure,
  settleRejection,
  settleSuccess,
} from '../attempt/settling.ts';
import { StepContext } from '../running/step-context.ts';
import type { StrayOf } from '../running/strays.ts';
import { noteWaits } from '../running/waiting-calls.ts';

/** The slots that attempts are in. */
export interface AttemptHost {
  readonly desk: Desk;
  readonly forking: Forking;
  readonly interrupted: Interruption;
  /** Gives the slot of this step back, if it holds one. */
  leave(path: StepPath): void;
  /** Whether the attempt still has its slot. */
  holds(attempt: ActionAttempt): boolean;
}

/** What the call is made with, once it is known. */
type Ready = {
  readonly prepared: Prepared;
  readonly tool: AnyTool;
  /** Rendered, secrets in place; and the same with secrets masked. */
  readonly input: Json;
  readonly shown: Json;
};

export class ActionAttempt implements Preparing, ActiveStepSpec<AttemptResult> {
  readonly path: StepPath;
  readonly attempt: number;
  readonly #at: ActionAt;
  readonly #host: AttemptHost;
  #ready: Ready | undefined;
  #active: ActiveStep | undefined;
  #calls: Calls | undefined;
  #railing: Railing | undefined;
  #showing: Showing | undefined;

  constructor(host: AttemptHost, at: ActionAt, attempt: number) {
    this.path = at.path;
    this.attempt = attempt;
    this.#at = at;
    this.#host = host;
  }

  /** Renders, records the start, and makes the call when that is durable. */
  begin(): void {
    prepare(this.#host.desk, this.#at, this.attempt, this);
  }

  /** What the call may have done. Undefined while none was made. */
  did(): Did | undefined {
    return this.#ready === undefined || this.#active === undefined ? undefined : this.#didOf(this.#ready);
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
    this.#leave();
  }

  onReady(prepared: Prepared): void {
    const { desk } = this.#host;
    const { path } = this;
    const { uses } = this.#at.step;
    const tool = prepared.context.tool(uses);
    let ready: Ready;
    try {
      const resumes = Object.keys(prepared.known).length > 0;
      const isWithheld = this.#host.forking.isWithholding && this.#host.forking.withholds(didOfPrepared(prepared));
      if (tool === undefined && !resumes && !isWithheld) throw unknownTool(uses);
      const { shown, input } = isWithheld ? withheldInput(prepared) : renderedInput(prepared);
      ready = { prepared, tool: tool ?? absentTool(uses), input, shown };
    } catch (error) {
      this.onUnprepared(error);
      return;
    }
    this.#ready = ready;
    if (desk.state.steps.get(path)?.status === 'running') this.#call(ready);
    else desk.store(ready.shown, (input) => this.#record(ready, input), this);
  }

  onUnprepared(error: unknown): void {
    const { desk } = this.#host;
    refuseAttempt(desk, this.#at, this.attempt, unprepared(error));
    this.#leave();
  }

  get of(): StrayOf {
    const { id: run, traceparent } = this.#host.desk.state;
    return { run, path: this.path, attempt: this.attempt, traceparent };
  }

  get clock(): Clock {
    return this.#host.desk.deps.clock;
  }

  get timeoutMs(): number | undefined {
    return this.#at.step.timeoutMs;
  }

  get keepsText(): boolean {
    return !withholds(this.#ready?.prepared.rails);
  }

  run(hooks: AttemptHooks): Promise<AttemptResult> {
    const { desk } = this.#host;
    const { prepared, tool, input, shown } = this.#known();
    const { step } = this.#at;
    const { scope, rendering } = prepared;
    const { checks } = desk.deps;
    const { linked } = prepared.context;
    if (prepared.rails !== undefined) {
      const record = step.gate === undefined ? undefined : (answers: readonly Answered[]) => this.#recordFirst(answers);
      const turn = turnOf(desk.state);
      this.#railing = createRailing({
        ...prepared,
        hooks,
        checks,
        linked,
        vault: desk.vault,
        clock: desk.deps.clock,
        turn,
        record,
        says: turnRailsIn(desk, step, this.#at.frame),
        keeping: keepingOf(desk, this.#at),
        mayHave: (rails, output) => this.#shownTo(rails, output),
      });
    }
    const railing = this.#railing;
    const context = new StepContext(desk, railing?.hooks ?? hooks, prepared);
    const mayHave = (output: Json): MayHave => this.#shownTo(checksOfGate(step.gate), output);
    const gate = { checks, linked, scope, mayHave };
    return runAttempt({ step, tool, input, shown, context, hide: rendering.hide, gate, railing });
  }

  onText(text: string): void {
    this.#showing ??= this.#show();
    this.#showing.text(text);
  }

  onCall(call: ToolCallReport): void {
    this.#calls ??= createCalls(this.#host.desk, this.path, this.attempt);
    this.#calls.record(call);
  }

  onWait(limit: RateLimit): () => void {
    return noteWaits(this.#host.desk, this.path, this.attempt)(limit);
  }

  onError(error: unknown): void {
    this.#host.desk.fail(error);
  }

  onEnd(result: AttemptResult | Failure, usage: Usage | undefined): void {
    if (this.#calls === undefined) this.#ended(result, usage);
    else this.#calls.settle(() => this.#ended(result, usage));
  }

  #record(ready: Ready, input: Payload): void {
    const { desk } = this.#host;
    const { path, attempt } = this;
    const { labelling } = ready.prepared;
    if (desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labelling }))
      desk.afterCommit(() => this.#call(ready));
    else this.#leave();
  }

  #call(ready: Ready): void {
    const { desk, forking } = this.#host;
    const { state } = desk;
    const known = state.steps.get(this.path);
    if (known?.status !== 'running' || known.attempt !== this.attempt) {
      this.#leave();
      return;
    }
    if (state.fork !== undefined) {
      const recorded = forking.recorded(this.#at, this.#didOf(ready), () => desk.persist(ready.shown));
      if (recorded !== undefined) {
        this.#settleRecorded(ready, recorded);
        return;
      }
    }
    this.#active = startStep<AttemptResult>(this);
  }

  /** What the run that this one was forked from has of the step stands for doing it again. */
  #settleRecorded(ready: Ready, recorded: Promise<Payload>): void {
    const { desk } = this.#host;
    const { path, attempt } = this;
    const { step } = this.#at;
    const labelling = this.#given(ready);
    recorded
      .then(
        (output) => void desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labelling }),
        (thrown: unknown) => {
          const error = errorRecordOf(thrown, 'BUG');
          desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random: 0 });
        },
      )
      .then(() => this.#leave())
      .catch(desk.fail);
  }

  #ended(result: AttemptResult | Failure, usage: Usage | undefined): void {
    const value = 'output' in result ? result.output : this.#asked(result);
    if (value === undefined) this.#settle(result, usage);
    else this.#host.desk.store(value, (stored) => this.#settle(result, usage, stored));
  }

  /** What a person is asked about. */
  #asked(result: AttemptResult | Failure): Json | undefined {
    return result.ended === 'asked' ? this.#railing?.answers.at(-1)?.value : undefined;
  }

  #settle(result: AttemptResult | Failure, usage: Usage | undefined, stored?: Payload): void {
    // Stopped while its output was being stored.
    if (!this.#host.holds(this)) return;
    const { desk } = this.#host;
    const at = this.#at;
    const { attempt } = this;
    const ready = this.#known();
    if (this.#railing !== undefined) {
      const shown = result.ended === 'asked' ? stored : undefined;
      recordAnswers(desk, at, attempt, resultsOf(this.#railing.answers, shown));
    }
    const brought = 'brought' in result ? result.brought : undefined;
    const labelling = this.#given(ready, brought);
    if (result.ended === 'succeeded') {
      if (stored !== undefined) settleSuccess(desk, at, attempt, stored, { usage, labelling }, result.gate);
      this.#showing?.passed(result.output);
    } else {
      const called = { usage, labelling, did: this.#didOf(ready) };
      const { scope, rendering } = ready.prepared;
      if (result.ended === 'failed' && leavesInDoubt(result.error, called.did))
        this.#host.interrupted(at, attempt, boundedError(rendering.hide(result.error)));
      else if (result.ended === 'failed') settleFailure(desk, at, attempt, rendering.hide(result.error), called);
      else if (result.ended === 'asked') settleAsked(desk, at, attempt, called);
      else if (stored !== undefined)
        settleRejection(desk, at, attempt, { output: stored, gate: result.gate, scope }, called);
    }
    this.#leave();
  }

  /** Answers about what it gave, into the journal before its gate is asked. */
  async #recordFirst(answers: readonly Answered[]): Promise<void> {
    const { desk } = this.#host;
    const value = answers.at(-1)?.value;
    const payload = value === undefined ? undefined : await desk.persist(value);
    recordAnswers(desk, this.#at, this.attempt, resultsOf(answers, payload));
  }

  #show(): Showing {
    const { desk } = this.#host;
    const { frame, step } = this.#at;
    return createShowing(desk.deps.live, this.of, showsOf(desk, step, frame));
  }

  #didOf({ tool, prepared }: Ready): Did {
    const { scope, rendering } = prepared;
    return didOf(this.#at, { tool, scope, rendering });
  }

  /** Where those who judge what the call gave may send it. */
  #shownTo(uses: readonly CheckUse[], output: Json): MayHave {
    const { desk } = this.#host;
    const ready = this.#known();
    const { prepared, tool, input } = ready;
    if (!isLabelled(desk.state, prepared.context) && tool.returns.length === 0 && tool.labelsOf === undefined)
      return undefined;
    const { frame, step } = this.#at;
    const carried = this.#given(ready, broughtBy(tool, input, output));
    return mayHaveOf(desk, { frame, reads: step.reads, values: [prepared.labelling, carried], uses });
  }

  /** What the attempt's output carries, or its error. */
  #given({ prepared, tool }: Ready, brought?: Labelling): Labelling {
    const { returns, echoes } = tool;
    return labellingOfOutput({
      step: this.#at.step,
      path: this.path,
      input: prepared.labelling,
      returns,
      brought,
      echoes,
    });
  }

  /** @throws TelosError BUG when no call was made. */
  #known(): Ready {
    if (this.#ready === undefined) throw new TelosError('BUG', `${this.path} has an outcome and made no call.`);
    return this.#ready;
  }

  #leave(): void {
    this.#host.leave(this.path);
  }
}
