/** Action steps: from being offered, through a slot and an attempt, to an outcome. */
import { errorRecordOf, isOpen, joinLabels, mayRepeat, noLabels, TelosError, turnOf } from '@telos/core';
import type { ActionStep, AnyTool, Did, Json, Payload, StepPath, Usage } from '@telos/core';
import { startStep } from './active-step.ts';
import type { ActiveStep, Failure } from './active-step.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { Desk } from './desk.ts';
import { didOf } from './effect.ts';
import type { Forking } from './forking.ts';
import { Lazy } from './lazy.ts';
import { withGiven } from './given-input.ts';
import { prepare, unprepared } from './preparing.ts';
import type { ActionAt, Prepared } from './preparing.ts';
import { probe } from './probing.ts';
import type { Purse } from './purse.ts';
import { createPlacing } from './remote/placing.ts';
import type { Placing } from './remote/placing.ts';
import { labelsOf } from './scope.ts';
import { settleFailure, settleRejection, settleSuccess } from './settling.ts';
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

type Underway = { readonly did: () => Did; readonly active: ActiveStep };

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
        const tool = deps.tools.get(step.uses);
        let rendered: { readonly shown: Json; readonly input: Json };
        try {
          if (tool === undefined) throw new TelosError('TOOL_UNKNOWN', `This worker has no tool named ${step.uses}.`);
          rendered = prepared.context.rendering.input(step, prepared.scope);
          if (prepared.given !== undefined) rendered = withGiven(rendered, prepared.given);
        } catch (error) {
          refuse(error);
          return;
        }
        const { labels } = prepared;
        const record = (input: Payload): void => {
          if (desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labels }))
            desk.afterCommit(() => launch({ prepared, tool, input: rendered.input, shown: rendered.shown }));
          else leave(path);
        };
        desk.store(rendered.shown, record, { path, onDrop: give });
      },
    });
  }

  /** Asks a person before the step runs: shows what it would be given. Holds no slot. */
  function ask(at: ActionAt, attempt: number): void {
    const { path, step, frame } = at;
    const context = desk.contexts.of(frame);
    desk.read({ path, frame, reads: step.reads }, (scope) => {
      let shown: Json;
      try {
        shown = context.rendering.shown(step, scope);
      } catch (error) {
        desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
        settleFailure(desk, at, attempt, unprepared(error));
        return;
      }
      const labels = labelsOf(state, context, frame, step.reads);
      const open = (show: Payload): void => {
        const wait = { kind: 'approval', purpose: 'permission', who: [], show, onTimeout: 'fail' } as const;
        desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait: { ...wait, who: [] }, labels });
      };
      desk.store(shown, open, { path });
    });
  }

  /** Whether a person has to be asked before this step runs. */
  function isUnasked({ path, step }: ActionAt): boolean {
    if (step.asks !== true) return false;
    const known = state.steps.get(path);
    return !(known?.status === 'retrying' && known.history.allowed !== undefined);
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
    const recorded = state.fork === undefined ? undefined : forking.recorded(at, did());
    if (recorded !== undefined) {
      settleRecorded(ready, recorded);
      return;
    }
    // Most attempts report no call and need no list of them.
    let calls: Calls | undefined;
    const started = startStep<AttemptResult>({
      of: { run: state.id, path, attempt },
      clock: deps.clock,
      timeoutMs: step.timeoutMs,
      run(hooks) {
        const own = new StepContext(desk, hooks, prepared);
        const gate = { checks: deps.checks, linked: prepared.context.linked, scope };
        return runAttempt({ step, tool, input, shown, context: own, hide: rendering.hide, gate });
      },
      onText: (text) => deps.live.publish(state.id, { type: 'text', path, attempt, text }),
      onCall: (call) => (calls ??= createCalls(desk, path, attempt)).record(call),
      onWait: noteWaits(desk, path, attempt),
      onError: desk.fail,
      onEnd(result, usage) {
        if (calls === undefined) ended(ready, did, result, usage);
        else calls.settle(() => ended(ready, did, result, usage));
      },
    });
    inSlots.set(path, { did, active: started });
  }

  /** What the run that this one was forked from has of the step stands for doing it again. */
  function settleRecorded({ prepared, tool }: Ready, recorded: Promise<Payload>): void {
    const { at, attempt, labels: read } = prepared;
    const { path, step } = at;
    const labels = step.trust === 'trusted' ? noLabels : joinLabels(read, tool.returns);
    recorded
      .then(
        (output) => void desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labels }),
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

  function ended(ready: Ready, did: () => Did, result: AttemptResult | Failure, usage: Usage | undefined): void {
    const { prepared, tool } = ready;
    const { at, attempt, scope } = prepared;
    const { path, step } = at;
    const labels = step.trust === 'trusted' ? noLabels : joinLabels(prepared.labels, tool.returns);
    if (result.ended === 'failed') {
      settleFailure(desk, at, attempt, result.error, { usage, did: did(), labels });
      leave(path);
      return;
    }
    desk.store(result.output, (output) => {
      // Stopped while its output was being stored.
      if (inSlots.get(path) === undefined) return;
      if (result.ended === 'succeeded') settleSuccess(desk, at, attempt, output, { usage, labels }, result.gate);
      else settleRejection(desk, at, attempt, { output, gate: result.gate, scope }, { usage, did: did(), labels });
      leave(path);
    });
  }

  /** The queue that a step has to go to, because this worker does not serve the one that it names. */
  function placeOf({ queue }: ActionStep): string | undefined {
    return queue === undefined || desk.queues.includes(queue) ? undefined : queue;
  }

  function start(at: ActionAt, attempt: number): void {
    if (isUnasked(at)) ask(at, attempt);
    else purse.reserve(at, attempt, () => take(at, attempt));
  }

  /** Finds a slot for the attempt, here or elsewhere. */
  function take(at: ActionAt, attempt: number): void {
    const elsewhere = placeOf(at.step);
    if (elsewhere !== undefined) {
      placing.get().place(at, attempt, elsewhere);
      return;
    }
    if (slots.tryTake()) {
      enter(at, attempt);
      return;
    }
    if (deps.elsewhere === true && state.fork === undefined) {
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

  /** Nobody lives who knows how far the attempt came: it may be made again, or is asked about, or is in doubt. */
  function interrupted(at: ActionAt, attempt: number): void {
    const { path, step, frame } = at;
    const { rendering } = desk.contexts.of(frame);
    const reads = step.probe === undefined ? step.reads : [...step.reads, ...step.probe.reads];
    desk.read({ path, frame, reads }, (scope) => {
      const tool = deps.tools.get(step.uses);
      // Without its tool nobody can say what it did.
      const did: Did =
        tool === undefined ? { effect: 'irreversible', repeatable: false } : didOf(at, { tool, scope, rendering });
      const interrupt = (what: Did): void =>
        void desk.apply({ do: 'interruptStep', at: desk.now(), path, attempt, step, ...what });
      if (forking.withholds(did)) {
        interrupt({ effect: 'read', repeatable: true });
        return;
      }
      if (step.probe === undefined || mayRepeat(did)) {
        interrupt(did);
        return;
      }
      probe(desk, probing, { at, attempt, probe: step.probe, scope }, (found) => {
        if (found === 'unknown') interrupt(did);
        else if (found === 'not found') interrupt({ effect: 'read', repeatable: true });
        else {
          const read = labelsOf(state, desk.contexts.of(frame), frame, reads);
          const probed = deps.tools.get(step.probe?.uses ?? '')?.returns ?? noLabels;
          const labels = step.trust === 'trusted' ? noLabels : joinLabels(read, probed);
          settleSuccess(desk, at, attempt, found.output, { usage: found.usage, labels });
        }
      });
    });
  }

  return {
    start,
    recover(at, attempt) {
      const known = state.steps.get(at.path);
      if (known?.status === 'running' && known.queue !== undefined) placing.get().adopt(at, attempt, known.queue);
      else interrupted(at, attempt);
    },
    placing,
    abort(path, reason) {
      const known = state.steps.get(path);
      if (!isOpen(known)) return;
      desk.drop(path);
      placing.made()?.abort(path);
      const { attempt } = known;
      const { partial, usage } = (inSlots.get(path)?.active ?? probing.get(path))?.stop(reason) ?? {};
      probing.delete(path);
      leave(path);
      const cancel = (shown?: Payload): void => {
        const left = { ...(shown === undefined ? {} : { partial: shown }), ...(usage === undefined ? {} : { usage }) };
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
