/** Action steps: from being offered, through a slot and an attempt, to an outcome. */
import { errorRecordOf, escalatedModel, isOpen, joinLabels, mayRepeat, noLabels, TelosError } from '@telos/core';
import type {
  ActionStep,
  AnyTool,
  At,
  Did,
  ErrorRecord,
  History,
  Json,
  JsonObject,
  Labels,
  Payload,
  StepPath,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import { startStep } from './active-step.ts';
import type { ActiveStep, Failure } from './active-step.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { boundedError } from './bounded.ts';
import { createCalls } from './calls.ts';
import type { Calls } from './calls.ts';
import type { Desk } from './desk.ts';
import { didOf } from './effect.ts';
import type { Forking } from './forking.ts';
import { givenInput, withGiven } from './given-input.ts';
import { probe } from './probing.ts';
import { rejectOutput } from './rejection.ts';
import { labelsOf, sourcesOf } from './scope.ts';
import { StepContext } from './step-context.ts';
import type { StepContextSpec } from './step-context.ts';
import type { Lookup } from './values.ts';

/** Everything an attempt needs once its start is durable. */
type Ready = StepContextSpec & {
  readonly at: ActionAt;
  readonly tool: AnyTool;
  readonly input: Json;
  readonly shown: Json;
  readonly labels: Labels;
};

/** An action step of one frame. */
export type ActionAt = At & { readonly step: ActionStep };

type Underway = { readonly ready: Ready; readonly active: ActiveStep };

/** What is known of an attempt whose call was made. */
type Called = { readonly usage?: Usage | undefined; readonly did?: Did; readonly labels?: Labels };

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
  /** Steps that hold a slot, or are being asked what became of them. */
  readonly busy: number;
}

/** @param forking What a fork may do again. */
export function createActionSteps(desk: Desk, forking: Forking): ActionSteps {
  const { deps, slots, state } = desk;
  /** Steps that hold a slot: from when it was taken until `leave`. With their attempt once it is under way. */
  const inSlots = new Map<StepPath, Underway | undefined>();
  /** Steps of a lost owner whose effect is being asked about. */
  const probing = new Map<StepPath, ActiveStep>();

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
    const { path, step, frame } = at;
    const known = state.steps.get(path);
    const history = known?.status === 'retrying' ? known.history : undefined;
    const given = givenInput(state, path, history);
    const more = [history?.rejected?.output, given].filter((payload) => payload !== undefined);
    const held = { path, onDrop: () => leave(path) };
    const context = desk.contexts.of(frame);
    desk.read({ ...held, frame, reads: step.reads, more }, (scope, lookup) => {
      const tool = deps.tools.get(step.uses);
      let rendered: { readonly shown: Json; readonly input: Json };
      let idempotencyKey: string;
      try {
        if (tool === undefined) throw new TelosError('TOOL_UNKNOWN', `This worker has no tool named ${step.uses}.`);
        rendered = context.rendering.input(step, scope);
        if (given !== undefined) rendered = withGiven(rendered, lookup(given));
        idempotencyKey = keyOf(at, scope);
      } catch (error) {
        desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
        failed(at, attempt, errorRecordOf(error, 'EXPRESSION_FAILED'));
        leave(path);
        return;
      }
      const labels = labelsOf(state, context, frame, step.reads);
      const record = (input: Payload): void => {
        if (!desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labels })) {
          leave(path);
          return;
        }
        const sources = (): JsonObject => sourcesOf(state, frame, step.reads, lookup);
        const { rendering } = context;
        const ready: Ready = {
          at,
          path,
          attempt,
          tool,
          ...rendered,
          idempotencyKey,
          scope,
          rendering,
          sources,
          labels,
        };
        desk.afterCommit(() => launch(history === undefined ? ready : withHistory(ready, history, lookup)));
      };
      desk.store(rendered.shown, record, held);
    });
  }

  /** Asks a person before the step runs: shows what it would be given. Holds no slot. */
  function ask(at: ActionAt, attempt: number): void {
    const { path, step, frame } = at;
    const context = desk.contexts.of(frame);
    desk.read({ path, frame, reads: step.reads }, (scope) => {
      let shown: Json;
      try {
        ({ shown } = context.rendering.input(step, scope));
      } catch (error) {
        desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
        failed(at, attempt, errorRecordOf(error, 'EXPRESSION_FAILED'));
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

  /** What earlier attempts leave for this one: the reasons to heed, and the model that the gate has escalated to. */
  function withHistory(ready: Ready, { rejected, rejections }: History, lookup: Lookup): Ready {
    const model = escalatedModel(ready.at.step.gate?.onFail ?? [], rejections);
    return {
      ...ready,
      ...(rejected === undefined ? {} : { feedback: { output: lookup(rejected.output), gate: rejected.gate } }),
      ...(model === undefined ? {} : { model }),
    };
  }

  function launch(ready: Ready): void {
    const { at, attempt, tool, input, shown, scope } = ready;
    const { path, step } = at;
    const known = state.steps.get(path);
    if (known?.status !== 'running' || known.attempt !== attempt) {
      leave(path);
      return;
    }
    const recorded = state.fork === undefined ? undefined : forking.recorded(at, didOf(at, ready));
    if (recorded !== undefined) {
      settleRecorded(ready, recorded);
      return;
    }
    const { linked } = desk.contexts.of(at.frame);
    // Most attempts report no call and need no list of them.
    let calls: Calls | undefined;
    const started = startStep<AttemptResult>({
      clock: deps.clock,
      timeoutMs: step.timeoutMs,
      run(hooks) {
        const context = new StepContext(desk, hooks, ready);
        const { hide } = ready.rendering;
        return runAttempt({ step, tool, input, shown, context, hide, gate: { checks: deps.checks, linked, scope } });
      },
      onText: (text) => deps.live.publish(state.id, { type: 'text', path, attempt, text }),
      onCall: (call) => (calls ??= createCalls(desk, path, attempt)).record(call),
      onError: desk.fail,
      onEnd(result, usage) {
        if (calls === undefined) ended(ready, result, usage);
        else calls.settle(() => ended(ready, result, usage));
      },
    });
    inSlots.set(path, { ready, active: started });
  }

  /** What the run that this one was forked from has of the step stands for doing it again. */
  function settleRecorded({ at, attempt, labels }: Ready, recorded: Promise<Payload>): void {
    const { path, step } = at;
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

  function keyOf(at: ActionAt, scope: Scope): string {
    if (at.step.idempotencyKey === undefined) return `${state.id}:${at.path}`;
    const { linked } = desk.contexts.of(at.frame);
    const key = linked.render(at.step.idempotencyKey, scope);
    return typeof key === 'string' ? key : JSON.stringify(key);
  }

  function ended(ready: Ready, result: AttemptResult | Failure, usage: Usage | undefined): void {
    const { at, attempt, tool, scope, labels: read } = ready;
    const { path, step, frame } = at;
    if (result.ended === 'failed') {
      failed(at, attempt, result.error, { usage, did: didOf(at, ready), labels: labelsWith(step, read, tool) });
      leave(path);
      return;
    }
    desk.store(result.output, (output) => {
      // Stopped while its output was being stored.
      if (inSlots.get(path) === undefined) return;
      const labels = labelsWith(step, read, tool);
      const spent = usage === undefined ? {} : { usage };
      if (result.ended === 'rejected') {
        const did = didOf(at, ready);
        rejectOutput(desk, { path, step, frame, attempt, output, gate: result.gate, scope, labels, did, ...spent });
      } else {
        const gate = result.gate === undefined ? {} : { gate: result.gate };
        desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labels, ...spent, ...gate });
      }
      leave(path);
    });
  }

  function failed(at: ActionAt, attempt: number, thrown: ErrorRecord, called: Called = {}): void {
    const { path, step } = at;
    const error = boundedError(desk.contexts.of(at.frame).rendering.hide(thrown));
    const { usage, did, labels } = called;
    desk.apply({
      do: 'failStep',
      at: desk.now(),
      path,
      attempt,
      step,
      error,
      random: deps.random(),
      ...(usage === undefined ? {} : { usage }),
      ...(did === undefined ? {} : { did }),
      ...(labels === undefined ? {} : { labels }),
    });
  }

  function labelsWith(step: ActionStep, read: Labels, tool: AnyTool): Labels {
    return step.trust === 'trusted' ? noLabels : joinLabels(read, tool.returns);
  }

  function start(at: ActionAt, attempt: number): void {
    if (isUnasked(at)) {
      ask(at, attempt);
      return;
    }
    if (slots.tryTake()) {
      enter(at, attempt);
      return;
    }
    const withdraw = slots.whenFree(state.id, () => {
      desk.release(at.path);
      if (desk.isGoing) {
        enter(at, attempt);
        return;
      }
      slots.give();
      desk.whenGoing(at.path, () => start(at, attempt));
    });
    desk.hold(at.path, withdraw);
  }

  return {
    start,
    recover(at, attempt) {
      const { path, step, frame } = at;
      const { rendering } = desk.contexts.of(frame);
      desk.read({ path, frame, reads: step.reads }, (scope) => {
        const tool = deps.tools.get(step.uses);
        // Without its tool nobody can say what it did.
        const did: Did =
          tool === undefined ? { effect: 'irreversible', repeatable: false } : didOf(at, { tool, scope, rendering });
        const interrupt = (what: Did): void =>
          void desk.apply({ do: 'interruptStep', at: desk.now(), path, attempt, ...what });
        if (step.probe === undefined || mayRepeat(did)) {
          interrupt(did);
          return;
        }
        probe(desk, probing, { at, attempt, probe: step.probe, scope }, (found) => {
          if (found === 'unknown') interrupt(did);
          else if (found === 'not found') interrupt({ effect: 'read', repeatable: true });
          else {
            const labels = labelsOf(state, desk.contexts.of(frame), frame, step.reads);
            const { output, usage } = found;
            const spent = usage === undefined ? {} : { usage };
            desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labels, ...spent });
          }
        });
      });
    },
    abort(path, reason) {
      const known = state.steps.get(path);
      if (!isOpen(known)) return;
      desk.drop(path);
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
        if (known?.status !== 'running' || underway === undefined) continue;
        const { ready, active } = underway;
        if (!mayRepeat(didOf(ready.at, ready))) continue;
        const { usage } = active.stop(reason);
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
    get busy() {
      return inSlots.size + probing.size;
    },
  };
}
