/** Action steps: from being offered, through a slot and an attempt, to an outcome. */
import { errorRecordOf, escalatedModel, joinLabels, noLabels, TelosError } from '@telos/core';
import type {
  ActionStep,
  AnyTool,
  At,
  Did,
  Effect,
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
type ActionAt = At & { readonly step: ActionStep };

/** What is known of an attempt whose call was made. */
type Called = { readonly usage?: Usage | undefined; readonly did?: Did; readonly labels?: Labels };

export interface ActionSteps {
  /** Takes a slot, then begins an attempt. */
  start(at: ActionAt, attempt: number): void;
  recover(at: ActionAt, attempt: number): void;
  /** Ends what is under way or waiting for this step; records it as cancelled. */
  abort(path: StepPath, reason: Error): void;
  /** Ends everything under way and records nothing: the next owner goes on. The reason is made when there is something to end. */
  stopAll(reason: () => Error): void;
}

export function createActionSteps(desk: Desk): ActionSteps {
  const { deps, slots, state, linked } = desk;
  /** Steps that hold a slot: from when it was taken until `leave`. With their attempt once it is under way. */
  const inSlots = new Map<StepPath, ActiveStep | undefined>();

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
    const waiting = state.steps.get(path);
    const history = waiting?.status === 'waiting' ? waiting.history : undefined;
    const rejected = history?.rejected;
    const more = rejected === undefined ? [] : [rejected.output];
    const held = { path, onDrop: () => leave(path) };
    desk.read({ ...held, frame, reads: step.reads, more }, (scope, lookup) => {
      const tool = deps.tools.get(step.uses);
      let rendered: { readonly shown: Json; readonly input: Json };
      let idempotencyKey: string;
      try {
        if (tool === undefined) throw new TelosError('TOOL_UNKNOWN', `This worker has no tool named ${step.uses}.`);
        rendered = desk.rendering.input(step, scope);
        idempotencyKey = keyOf(at, scope);
      } catch (error) {
        desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
        failed(at, attempt, errorRecordOf(error, 'EXPRESSION_FAILED'));
        leave(path);
        return;
      }
      const labels = labelsOf(linked.program, state, frame, step.reads);
      const record = (input: Payload): void => {
        if (!desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labels })) {
          leave(path);
          return;
        }
        const sources = (): JsonObject => sourcesOf(state, frame, step.reads, lookup);
        const ready: Ready = { at, path, attempt, tool, ...rendered, idempotencyKey, scope, sources, labels };
        desk.afterCommit(() => launch(history === undefined ? ready : withHistory(ready, history, lookup)));
      };
      desk.store(rendered.shown, record, held);
    });
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
    // Most attempts report no call and need no list of them.
    let calls: Calls | undefined;
    const started = startStep<AttemptResult>({
      clock: deps.clock,
      timeoutMs: step.timeoutMs,
      run(hooks) {
        const context = new StepContext(desk, hooks, ready);
        const { hide } = desk.rendering;
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
    inSlots.set(path, started);
  }

  function keyOf(at: ActionAt, scope: Scope): string {
    if (at.step.idempotencyKey === undefined) return `${state.id}:${at.path}`;
    const key = linked.render(at.step.idempotencyKey, scope);
    return typeof key === 'string' ? key : JSON.stringify(key);
  }

  function ended(ready: Ready, result: AttemptResult | Failure, usage: Usage | undefined): void {
    const { at, attempt, tool, scope, labels: read } = ready;
    const { path, step } = at;
    if (result.ended === 'failed') {
      failed(at, attempt, result.error, { usage, did: didOf(at, tool, scope), labels: labelsWith(step, read, tool) });
      leave(path);
      return;
    }
    desk.store(result.output, (output) => {
      // Stopped while its output was being stored.
      if (inSlots.get(path) === undefined) return;
      const labels = labelsWith(step, read, tool);
      const spent = usage === undefined ? {} : { usage };
      if (result.ended === 'rejected') {
        const did = didOf(at, tool, scope);
        rejectOutput(desk, { path, step, attempt, output, gate: result.gate, scope, labels, did, ...spent });
      } else {
        const gate = result.gate === undefined ? {} : { gate: result.gate };
        desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labels, ...spent, ...gate });
      }
      leave(path);
    });
  }

  function failed({ path, step }: ActionAt, attempt: number, thrown: ErrorRecord, called: Called = {}): void {
    const error = boundedError(desk.rendering.hide(thrown));
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

  /** What the call that was under way may have done: as the step states, or as the tool says of this very input. */
  function effectOf({ step }: ActionAt, tool: AnyTool, scope: Scope): Effect {
    if (step.effect !== undefined || tool.effectOf === undefined) return step.effect ?? tool.effect;
    try {
      const input = tool.input.safeParse(desk.rendering.input(step, scope).input);
      if (!input.success) return tool.effect;
      return tool.effectOf(input.data, { connection: (name) => desk.rendering.connection(name, scope) });
    } catch {
      // What cannot be told is taken for the strictest.
      return tool.effect;
    }
  }

  function didOf(at: ActionAt, tool: AnyTool, scope: Scope): Did {
    const effect = effectOf(at, tool, scope);
    return { effect, repeatable: effect === 'write' && tool.idempotent && at.step.idempotencyKey !== undefined };
  }

  return {
    start(at, attempt) {
      if (slots.tryTake()) {
        enter(at, attempt);
        return;
      }
      const withdraw = slots.whenFree(state.id, () => {
        desk.release(at.path);
        enter(at, attempt);
      });
      desk.hold(at.path, withdraw);
    },
    recover(at, attempt) {
      const { path, step, frame } = at;
      desk.read({ path, frame, reads: step.reads }, (scope) => {
        const tool = deps.tools.get(step.uses);
        // Without its tool nobody can say what it did.
        const did: Did = tool === undefined ? { effect: 'irreversible', repeatable: false } : didOf(at, tool, scope);
        desk.apply({ do: 'interruptStep', at: desk.now(), path, attempt, ...did });
      });
    },
    abort(path, reason) {
      const known = state.steps.get(path);
      if (known?.status !== 'running' && known?.status !== 'waiting') return;
      desk.drop(path);
      const { attempt } = known;
      const { partial, usage } = inSlots.get(path)?.stop(reason) ?? {};
      leave(path);
      const cancel = (shown?: Payload): void => {
        const left = { ...(shown === undefined ? {} : { partial: shown }), ...(usage === undefined ? {} : { usage }) };
        desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt, ...left });
      };
      if (partial === undefined) cancel();
      else desk.store(partial, cancel);
    },
    stopAll(reason) {
      for (const [path, step] of inSlots) {
        step?.stop(reason());
        leave(path);
      }
    },
  };
}
