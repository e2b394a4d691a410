/** Action steps: from being offered, through a slot and an attempt, to an outcome. */
import { errorRecordOf, joinLabels, noLabels, noUsage, TelosError } from '@telos/core';
import type {
  ActionStep,
  AnyTool,
  Effect,
  ErrorRecord,
  Feedback,
  Frame,
  Json,
  Labels,
  ModelSpec,
  Payload,
  StepPath,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import { startStep } from './active-step.ts';
import type { ActiveStep, AttemptHooks } from './active-step.ts';
import { runAttempt } from './attempt.ts';
import type { AttemptResult } from './attempt.ts';
import { createCalls } from './calls.ts';
import type { Desk } from './desk.ts';
import { escalatedModel } from './remedy.ts';
import { labelsOf, sourcesOf } from './scope.ts';
import type { Lookup } from './values.ts';

/** Everything an attempt needs once its start is durable. */
type Ready = {
  readonly at: At;
  readonly attempt: number;
  readonly tool: AnyTool;
  readonly input: Json;
  readonly idempotencyKey: string;
  readonly scope: Scope;
  readonly lookup: Lookup;
  readonly labels: Labels;
  readonly feedback?: Feedback;
  readonly model?: ModelSpec;
};

type At = { readonly path: StepPath; readonly step: ActionStep; readonly frame: Frame };

export interface ActionSteps {
  /** The step's `when` held: take a slot, then begin its first attempt. */
  start(at: At): void;
  retry(at: At, attempt: number, dueAt: number): void;
  recover(at: At, attempt: number): void;
  /** Ends what is under way or waiting for this step; records it as cancelled. */
  abort(path: StepPath, reason: Error): void;
  /** Ends everything under way and records nothing: the next owner goes on. */
  stopAll(reason: Error): void;
}

export function createActionSteps(desk: Desk): ActionSteps {
  const { deps, slots, state, linked } = desk;
  const active = new Map<StepPath, ActiveStep>();

  function withSlot(path: StepPath, begin: () => void): void {
    if (slots.tryTake()) {
      begin();
      return;
    }
    const withdraw = slots.whenFree(() => {
      desk.release(path);
      begin();
    });
    desk.hold(path, withdraw);
  }

  /** Holds a slot. Renders, records the start, and launches when that is durable. */
  function begin(at: At, attempt: number): void {
    const { path, step, frame } = at;
    const waiting = state.steps.get(path);
    const history = waiting?.status === 'waiting' ? waiting.history : undefined;
    const rejected = history?.rejected;
    const more = rejected === undefined ? [] : [rejected.output];
    desk.read({ path, frame, reads: step.reads, more, onDrop: () => slots.give() }, (scope, lookup) => {
      const tool = deps.tools.get(step.uses);
      let rendered: { readonly shown: Json; readonly input: Json };
      let idempotencyKey: string;
      try {
        if (tool === undefined) throw new TelosError('TOOL_UNKNOWN', `This worker has no tool named ${step.uses}.`);
        rendered = desk.rendering.input(step, scope);
        idempotencyKey = keyOf(at, scope);
      } catch (error) {
        slots.give();
        desk.apply({ do: 'startStep', at: desk.now(), path, attempt });
        failed(at, attempt, errorRecordOf(error, 'EXPRESSION_FAILED'));
        return;
      }
      const labels = labelsOf(linked.program, state, frame, step.reads);
      desk.store(rendered.shown, (input) => {
        if (!desk.apply({ do: 'startStep', at: desk.now(), path, attempt, input, labels })) {
          slots.give();
          return;
        }
        const feedback =
          rejected === undefined ? {} : { feedback: { output: lookup(rejected.output), gate: rejected.gate } };
        const escalated = history === undefined ? undefined : escalatedModel(step.gate, history);
        const model = escalated === undefined ? {} : { model: escalated };
        desk.afterCommit(() =>
          launch({
            at,
            attempt,
            tool,
            input: rendered.input,
            idempotencyKey,
            scope,
            lookup,
            labels,
            ...feedback,
            ...model,
          }),
        );
      });
    });
  }

  function launch(ready: Ready): void {
    const { at, attempt, tool, scope } = ready;
    const { path, step, frame } = at;
    const known = state.steps.get(path);
    if (known?.status !== 'running' || known.attempt !== attempt) {
      slots.give();
      return;
    }
    const calls = createCalls(desk, path, attempt);
    const run = ({ signal, onCall, onText }: AttemptHooks): Promise<AttemptResult> =>
      runAttempt({
        step,
        tool,
        input: ready.input,
        context: {
          run: state.id,
          path,
          attempt,
          signal,
          idempotencyKey: ready.idempotencyKey,
          sources: sourcesOf(state, frame, step.reads, ready.lookup),
          connection: (name) => desk.rendering.connection(name, scope),
          emitText: onText,
          progress: (message, data) =>
            deps.live.publish(state.id, {
              type: 'progress',
              path,
              attempt,
              message,
              ...(data === undefined ? {} : { data }),
            }),
        },
        ...(ready.feedback === undefined ? {} : { feedback: ready.feedback }),
        ...(ready.model === undefined ? {} : { model: ready.model }),
        onCall,
        gate: { checks: deps.checks, linked, scope },
      });
    const started = startStep({
      clock: deps.clock,
      timeoutMs: step.timeoutMs,
      run,
      onText: (text) => deps.live.publish(state.id, { type: 'text', path, attempt, text }),
      onCall: (call) => calls.record(call),
      onEnd: (result) => calls.settle(() => ended(ready, result)),
    });
    active.set(path, started);
  }

  function keyOf(at: At, scope: Scope): string {
    if (at.step.idempotencyKey === undefined) return `${state.id}:${at.path}`;
    const key = linked.render(at.step.idempotencyKey, scope);
    return typeof key === 'string' ? key : JSON.stringify(key);
  }

  function ended({ at, attempt, tool, scope, labels: started }: Ready, result: AttemptResult): void {
    const { path, step } = at;
    if (result.ended === 'failed') {
      leave(path);
      failed(at, attempt, result.error, result.usage);
      return;
    }
    desk.store(result.output, (output) => {
      // Stopped while its output was being stored.
      if (!leave(path)) return;
      const usage = result.usage === undefined ? {} : { usage: result.usage };
      if (result.ended === 'succeeded') {
        const labels = step.trust === 'trusted' ? noLabels : joinLabels(started, tool.returns);
        const gate = result.gate === undefined ? {} : { gate: result.gate };
        desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labels, ...usage, ...gate });
        return;
      }
      const reasons = result.gate.verdicts
        .filter(({ verdict }) => verdict !== 'pass')
        .map(({ check, reason }) => `${check}: ${reason}`);
      const error = errorRecordOf(
        new TelosError('GATE_FAILED', `The output of ${path} did not pass its gate. ${reasons.join(' ')}`, {
          details: { score: result.gate.score },
        }),
      );
      withFallback(step, scope, (fallback) => {
        desk.apply({
          do: 'rejectOutput',
          at: desk.now(),
          path,
          attempt,
          step,
          output,
          gate: result.gate,
          error,
          ...usage,
          ...(fallback === undefined ? {} : { fallback }),
        });
      });
    });
  }

  function withFallback(step: ActionStep, scope: Scope, then: (fallback: Payload | undefined) => void): void {
    const remedy = step.gate?.onFail.find((one) => one.do === 'fallback');
    if (remedy === undefined) {
      then(undefined);
      return;
    }
    let value: Json;
    try {
      value = linked.render(remedy.value, scope);
    } catch {
      // A fallback that cannot be rendered is no fallback: the step fails by its gate.
      then(undefined);
      return;
    }
    desk.store(value, then);
  }

  function failed(at: At, attempt: number, error: ErrorRecord, usage?: Usage): void {
    desk.apply({
      do: 'failStep',
      at: desk.now(),
      path: at.path,
      attempt,
      step: at.step,
      error,
      random: deps.random(),
      ...(usage === undefined || usage === noUsage ? {} : { usage }),
    });
  }

  /** Gives the slot back; false when the step had been stopped before. */
  function leave(path: StepPath): boolean {
    if (!active.delete(path)) return false;
    slots.give();
    return true;
  }

  function effectOf(at: At, tool: AnyTool): Effect {
    return at.step.effect ?? tool.effect;
  }

  return {
    start: (at) => withSlot(at.path, () => begin(at, 1)),
    retry(at, attempt, dueAt) {
      const wait = dueAt - desk.now();
      if (wait <= 0) {
        withSlot(at.path, () => begin(at, attempt));
        return;
      }
      const timer = new AbortController();
      desk.hold(at.path, () => timer.abort());
      void deps.clock.sleep(wait, timer.signal).then(() => {
        if (timer.signal.aborted) return;
        desk.release(at.path);
        withSlot(at.path, () => begin(at, attempt));
      });
    },
    recover(at, attempt) {
      const tool = deps.tools.get(at.step.uses);
      const effect = tool === undefined ? 'read' : effectOf(at, tool);
      const repeatable = effect === 'write' && tool?.idempotent === true && at.step.idempotencyKey !== undefined;
      desk.apply({ do: 'interruptStep', at: desk.now(), path: at.path, attempt, effect, repeatable });
    },
    abort(path, reason) {
      const known = state.steps.get(path);
      if (known?.status !== 'running' && known?.status !== 'waiting') return;
      desk.drop(path);
      const stopped = active.get(path)?.stop(reason);
      leave(path);
      const partial: { partial?: Payload } =
        stopped?.partial === undefined ? {} : { partial: { value: stopped.partial } };
      const usage = stopped?.usage === undefined ? {} : { usage: stopped.usage };
      desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt: known.attempt, ...partial, ...usage });
    },
    stopAll(reason) {
      for (const [path, step] of active) {
        step.stop(reason);
        leave(path);
      }
    },
  };
}
