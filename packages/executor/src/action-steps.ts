/** Action steps: from being offered, through a slot and an attempt, to an outcome. */
import { errorRecordOf, isOpen, leavesInDoubt, mayRepeat, TelosError, turnOf } from '@telos/core';
import type { ActionStep, AnyTool, Did, Json, Labelling, Labels, Payload, StepPath, Usage } from '@telos/core';
import { absentTool, unknownTool } from './absent-tool.ts';
import { startStep } from './active-step.ts';
import type { ActiveStep, Failure } from './active-step.ts';
import { withLeave } from './asking.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { boundedError } from './bounded.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { Desk } from './desk.ts';
import { didOf } from './effect.ts';
import type { Forking } from './forking.ts';
import { createInterruption } from './interruption.ts';
import { Lazy } from './lazy.ts';
import { labellingOfOutput, labellingOfPartial } from './labelling.ts';
import { gaveOf, prepare, renderedInput, unprepared } from './preparing.ts';
import type { ActionAt, Prepared } from './preparing.ts';
import type { Purse } from './purse.ts';
import { guard } from './rails/guard.ts';
import { createRailing, resultsOf } from './rails/railing.ts';
import type { Answered, Railing } from './rails/railing.ts';
import { hidesBehind, showsOf, withholds } from './rails/rails-of.ts';
import { createShowing } from './rails/showing.ts';
import type { Showing } from './rails/showing.ts';
import { createPlacing } from './remote/placing.ts';
import type { Placing } from './remote/placing.ts';
import { recordAnswers, settleAsked, settleFailure, settleRejection, settleSuccess } from './settling.ts';
import { StepContext } from './step-context.ts';
import { noteWaits } from './waiting-calls.ts';

/** Where steps that name no queue are offered. */
const defaultQueue = 'default';

/** Everything an attempt needs once its start is durable. */
type Ready = {
  readonly prepared: Prepared;
  readonly tool: AnyTool;
  /** Rendered, secrets in place; and the same with secrets masked. */
  readonly input: Json;
  readonly shown: Json;
};

type Underway = { readonly did: () => Did; readonly active: ActiveStep; readonly returns: Labels };

export interface ActionSteps {
  /** Takes a slot, then begins an attempt. */
  start(at: ActionAt, attempt: number): void;
  recover(at: ActionAt, attempt: number): void;
  /** Ends what is under way or waiting for this step; records it as cancelled. */
  abort(path: StepPath, reason: Error): void;
  /** Ends what is under way and may be made again, and records that the next owner is to make it. */
  handOver(reason: Error): void;
  /** Ends everything under way and records nothing: the next owner goes on. The reason is made when there is something to end. */
  stopAll(reason: () => Error): void;
  /** Steps that other workers run. */
  readonly placing: Lazy<Placing>;
  /** Steps that hold a slot, here or elsewhere, or are being asked what became of them. */
  busy(): number;
}

type Ended = {
  readonly result: AttemptResult | Failure;
  readonly usage: Usage | undefined;
  readonly railing: Railing | undefined;
  readonly showing: Showing | undefined;
};

/**
 * @param forking What a fork may do again.
 * @param purse What budgets leave for it.
 */
export function createActionSteps(desk: Desk, forking: Forking, purse: Purse): ActionSteps {
  const { deps, slots, state } = desk;
  /** Steps that hold a slot: from when it was taken until `leave`. With their attempt once it is under way. */
  const inSlots = new Map<StepPath, Underway | undefined>();
  /** Steps of a lost owner whose effect is being asked about. */
  const probing = new Map<StepPath, ActiveStep>();
  const interrupted = createInterruption(desk, forking, probing);
  const placing = new Lazy(() => createPlacing(desk, interrupted));

  /** Begins in a slot that was just taken. Never throws: it may be called from anywhere. */
  function enter(at: ActionAt, attempt: number): void {
    inSlots.set(at.path, undefined);
    try {
      begin(at, attempt);
    } catch (error) {
      desk.fail(error);
    }
  }

  /** Gives the step's slot back, if it holds one. */
  function leave(path: StepPath): void {
    if (inSlots.delete(path)) slots.give();
  }

  /** Renders, records the start, and launches when that is durable. */
  function begin(at: ActionAt, attempt: number): void {
    const { path, step } = at;
    const give = (): void => leave(path);
    const refuse = (error: unknown): void => {
      desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
      settleFailure(desk, at, attempt, unprepared(error));
      leave(path);
    };
    prepare(desk, at, attempt, {
      onDrop: give,
      onError: refuse,
      onReady(prepared) {
        const tool = prepared.context.tool(step.uses);
        let rendered: { readonly shown: Json; readonly input: Json };
        const resumes = Object.keys(prepared.known).length > 0;
        try {
          if (tool === undefined && !resumes) throw unknownTool(step.uses);
          rendered = renderedInput(prepared);
        } catch (error) {
          refuse(error);
          return;
        }
        const ready = { prepared, tool: tool ?? absentTool(step.uses), input: rendered.input, shown: rendered.shown };
        if (state.steps.get(path)?.status === 'running') {
          launch(ready);
          return;
        }
        const { labelling } = prepared;
        const record = (input: Payload): void => {
          if (desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labelling }))
            desk.afterCommit(() => launch(ready));
          else leave(path);
        };
        desk.store(rendered.shown, record, { path, onDrop: give });
      },
    });
  }

  function launch(ready: Ready): void {
    const { prepared, tool, input, shown } = ready;
    const { at, path, attempt, scope, rendering } = prepared;
    const { step } = at;
    const known = state.steps.get(path);
    if (known?.status !== 'running' || known.attempt !== attempt) {
      leave(path);
      return;
    }
    const did = (): Did => didOf(at, { tool, scope, rendering });
    const recorded = state.fork === undefined ? undefined : forking.recorded(at, did(), () => desk.persist(shown));
    if (recorded !== undefined) {
      settleRecorded(ready, recorded);
      return;
    }
    // Most attempts report no call and need no list of them.
    let calls: Calls | undefined;
    let railing: Railing | undefined;
    let showing: Showing | undefined;
    const started = startStep<AttemptResult>({
      of: { run: state.id, path, attempt },
      clock: deps.clock,
      timeoutMs: step.timeoutMs,
      keepsText: !withholds(prepared.rails),
      run(hooks) {
        const { checks } = deps;
        const { linked } = prepared.context;
        const record = step.gate === undefined ? undefined : recordIn(prepared);
        if (prepared.rails !== undefined)
          railing = createRailing({
            ...prepared,
            hooks,
            checks,
            linked,
            vault: desk.vault,
            turn: turnOf(state),
            record,
          });
        const own = new StepContext(desk, railing?.hooks ?? hooks, prepared);
        const gate = { checks, linked, scope };
        return runAttempt({ step, tool, input, shown, context: own, hide: rendering.hide, gate, railing });
      },
      onText: (text) => {
        showing ??= createShowing(deps.live, { run: state.id, path, attempt }, showsOf(step, at.frame, desk.contexts));
        showing.text(text);
      },
      onCall: (call) => (calls ??= createCalls(desk, path, attempt)).record(call),
      onWait: noteWaits(desk, path, attempt),
      onError: desk.fail,
      onEnd(result, usage) {
        const end = { result, usage, railing, showing };
        if (calls === undefined) ended(ready, did, end);
        else calls.settle(() => ended(ready, did, end));
      },
    });
    inSlots.set(path, { did, active: started, returns: tool.returns });
  }

  /** What the run that this one was forked from has of the step stands for doing it again. */
  function settleRecorded({ prepared, tool }: Ready, recorded: Promise<Payload>): void {
    const { at, attempt } = prepared;
    const { path, step } = at;
    const labelling = given(prepared, tool);
    recorded
      .then(
        (output) => void desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labelling }),
        (error: unknown) =>
          void desk.apply({
            do: 'failStep',
            at: desk.now(),
            path,
            attempt,
            step,
            error: errorRecordOf(error, 'BUG'),
            random: 0,
          }),
      )
      .then(() => leave(path))
      .catch(desk.fail);
  }

  /** What the attempt's output carries, or its error. */
  function given({ at, labelling }: Prepared, { returns, echoes }: AnyTool, brought?: Labelling): Labelling {
    return labellingOfOutput({ step: at.step, path: at.path, input: labelling, returns, brought, echoes });
  }

  function ended(ready: Ready, did: () => Did, { result, usage, railing, showing }: Ended): void {
    const { prepared, tool } = ready;
    const { at, attempt, scope } = prepared;
    const { path } = at;
    const brought = result.ended === 'succeeded' || result.ended === 'rejected' ? result.brought : undefined;
    const labelling = given(prepared, tool, brought);
    const settle = (stored?: Payload): void => {
      // Stopped while its output was being stored.
      if (inSlots.get(path) === undefined) return;
      const shown = result.ended === 'asked' ? stored : undefined;
      recordAnswers(desk, at, attempt, resultsOf(railing?.answers ?? [], shown));
      const called = { usage, did: did(), labelling };
      if (result.ended === 'failed' && leavesInDoubt(result.error, called.did))
        interrupted(at, attempt, boundedError(prepared.rendering.hide(result.error)));
      else if (result.ended === 'failed') settleFailure(desk, at, attempt, result.error, called);
      else if (result.ended === 'asked') settleAsked(desk, at, attempt, called);
      else if (stored !== undefined && result.ended === 'succeeded') {
        settleSuccess(desk, at, attempt, stored, called, result.gate);
        showing?.passed(result.output);
      } else if (stored !== undefined && result.ended === 'rejected')
        settleRejection(desk, at, attempt, { output: stored, gate: result.gate, scope }, called);
      leave(path);
    };
    const asked = result.ended === 'asked' ? railing?.answers.at(-1)?.value : undefined;
    const value = 'output' in result ? result.output : asked;
    if (value === undefined) settle();
    else desk.store(value, settle);
  }

  /** Answers about what an attempt gave, into the journal before its gate is asked. */
  function recordIn({ at, attempt }: Prepared): (answers: readonly Answered[]) => Promise<void> {
    return async (answers) => {
      const value = answers.at(-1)?.value;
      const payload = value === undefined ? undefined : await desk.persist(value);
      recordAnswers(desk, at, attempt, resultsOf(answers, payload));
    };
  }

  /** The queue that a step has to go to, because this worker does not serve the one that it names. */
  function placeOf({ queue }: ActionStep): string | undefined {
    return queue === undefined || desk.queues.includes(queue) ? undefined : queue;
  }

  function start(at: ActionAt, attempt: number): void {
    guard(desk, at, attempt, () => {
      withLeave(desk, forking, at, attempt, () => purse.reserve(at, attempt, () => take(at, attempt)));
    });
  }

  /** Whether the journal has what the call of this attempt gave: then nothing is left to do that needs another worker. */
  function isGiven({ path }: ActionAt, attempt: number): boolean {
    const judged = state.rails.get(path);
    return judged !== undefined && gaveOf(judged, attempt).length > 0;
  }

  /** Finds a slot for the attempt, here or elsewhere. */
  function take(at: ActionAt, attempt: number): void {
    const given = isGiven(at, attempt);
    const elsewhere = given ? undefined : placeOf(at.step);
    if (elsewhere !== undefined && hidesBehind(at)) {
      desk.apply({ do: 'startStep', at: desk.now(), path: at.path, attempt });
      settleFailure(desk, at, attempt, errorRecordOf(hiddenElsewhere(at, elsewhere)));
      return;
    }
    if (elsewhere !== undefined) {
      placing.get().place(at, attempt, elsewhere);
      return;
    }
    if (slots.tryTake()) {
      enter(at, attempt);
      return;
    }
    // What rails hide gets placeholders, and two processes could give the same to two texts.
    if (deps.elsewhere === true && state.fork === undefined && !given && !hidesBehind(at)) {
      placing.get().place(at, attempt, at.step.queue ?? defaultQueue);
      return;
    }
    const withdraw = slots.whenFree(state.id, turnOf(state), () => {
      desk.release(at.path);
      if (desk.isGoing()) {
        enter(at, attempt);
        return;
      }
      slots.give();
      desk.whenGoing(at.path, () => take(at, attempt));
    });
    desk.hold(at.path, withdraw);
  }

  return {
    start,
    recover(at, attempt) {
      const known = state.steps.get(at.path);
      if (isGiven(at, attempt)) desk.whenGoing(at.path, () => take(at, attempt));
      else if (known?.status === 'running' && known.queue !== undefined) placing.get().adopt(at, attempt, known.queue);
      else interrupted(at, attempt);
    },
    placing,
    abort(path, reason) {
      const known = state.steps.get(path);
      if (!isOpen(known)) return;
      desk.drop(path);
      placing.made()?.abort(path);
      const { attempt } = known;
      const { active, returns = [] } = inSlots.get(path) ?? { active: probing.get(path) };
      const { partial, usage } = active?.stop(reason) ?? {};
      probing.delete(path);
      leave(path);
      const cancel = (shown?: Payload): void => {
        const left = {
          ...(shown === undefined ? {} : { partial: shown, labelling: labellingOfPartial(state, path, returns) }),
          ...(usage === undefined ? {} : { usage }),
        };
        desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt, ...left });
      };
      if (partial === undefined) cancel();
      else desk.store(partial, cancel);
    },
    handOver(reason) {
      for (const [path, underway] of inSlots) {
        const known = state.steps.get(path);
        if (known?.status !== 'running') continue;
        // One whose call was not made yet can be handed over whatever it would do.
        if (underway !== undefined && !mayRepeat(underway.did())) continue;
        const { usage } = underway?.active.stop(reason) ?? {};
        const spent = usage === undefined ? {} : { usage };
        desk.apply({ do: 'handOver', at: desk.now(), path, attempt: known.attempt, ...spent });
        leave(path);
      }
    },
    stopAll(reason) {
      for (const [path, underway] of inSlots) {
        underway?.active.stop(reason());
        leave(path);
      }
      for (const active of probing.values()) active.stop(reason());
      probing.clear();
    },
    busy: () => inSlots.size + probing.size + (placing.made()?.size() ?? 0),
  };
}

function hiddenElsewhere({ path }: ActionAt, queue: string): TelosError {
  const message = `What ${path} gives is to be redacted, and the workers of its queue \`${queue}\` do not know what stands for what in this run.`;
  return new TelosError('RAIL_FAILED', message, {
    kind: 'terminal',
    next: 'Leave `queue` out, or have the rail block; a rail on the input of the steps that read it may redact.',
  });
}
