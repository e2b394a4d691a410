/** Blocks: opening a body, planning one, and closing a block when its body has ended. */
import { errorRecordOf, joinLabels, noLabels, TelosError } from '@telos/core';
import type {
  At,
  EndedFrame,
  ErrorRecord,
  Frame,
  GateResult,
  Hash,
  Json,
  Labels,
  Outcome,
  Payload,
  Plan,
  PlanStep,
  Program,
  Step,
  StepPath,
  ToolCallReport,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import { startStep } from './active-step.ts';
import type { ActiveStep } from './active-step.ts';
import { blockOutput, bodyOutputs, planBlock } from './block.ts';
import { boundedError } from './bounded.ts';
import { createCalls } from './calls.ts';
import type { Desk } from './desk.ts';
import { evaluateGate } from './gate.ts';
import { rejectOutput } from './rejection.ts';
import { labelsOf, payloadsOf, scopeOf, sourcesOf } from './scope.ts';
import { StepContext } from './step-context.ts';
import type { Lookup } from './values.ts';

export interface BlockSteps {
  /** The block's `when` held: record its start and open it. */
  start(at: At, scope: Scope): void;
  /** The block has started and is not open: a retry, or what a lost owner left. */
  open(at: At): void;
  close(at: At, frames: readonly EndedFrame[], outcome: Outcome): void;
  /** Ends planning or judging that is under way; false when there is none. */
  abort(path: StepPath, reason: Error): boolean;
  stopAll(reason: () => Error): void;
}

/** @param keepPlan Makes an accepted plan's program durable and known to the frontier before its block opens. */
export function createBlockSteps(
  desk: Desk,
  keepPlan: (plan: Plan) => Promise<void>,
  planOf: (hash: Hash) => Program | undefined,
): BlockSteps {
  const { deps, linked, state } = desk;
  const active = new Map<StepPath, ActiveStep>();

  function openIn(at: At, scope: Scope): void {
    const { path, step } = at;
    try {
      const plan = planBlock(step, linked, scope);
      if (plan === 'needs_plan') {
        if (step.kind === 'plan') draft(at, step, scope);
      } else if (plan === 'no_case') {
        fail(at, errorRecordOf(new TelosError('BUG', `No case of ${path} holds any more.`)));
      } else if ('items' in plan) {
        desk.store([...plan.items], (items) => {
          desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { foreach: items, count: plan.items.length } });
        });
      } else {
        desk.apply({ do: 'openBlock', at: desk.now(), path, opening: plan.opening });
      }
    } catch (error) {
      fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
    }
  }

  /** Asks the planner, outside any slot: what holds a slot is the model call it makes. */
  function draft(at: At, step: PlanStep, scope: Scope): void {
    const { path } = at;
    const attempt = attemptOf(path);
    const { planner } = deps;
    if (planner === undefined) {
      fail(at, errorRecordOf(new TelosError('TOOL_UNKNOWN', 'This worker has no planner.')));
      return;
    }
    const request = linked.render(step.with, scope);
    const calls = createCalls(desk, path, attempt);
    active.set(
      path,
      startStep<{ readonly ended: 'planned'; readonly plan: Plan }>({
        clock: deps.clock,
        timeoutMs: step.timeoutMs,
        onText: (text) => deps.live.publish(state.id, { type: 'text', path, attempt, text }),
        onCall: (call) => calls.record(call),
        onError: desk.fail,
        async run(hooks) {
          const idempotencyKey = `${state.id}:${path}`;
          const context = new StepContext(desk, hooks, { path, attempt, idempotencyKey, scope, sources: () => ({}) });
          // `with` of a plan block is an object, and rendering keeps it one.
          const plan = await planner.plan(request as { [key: string]: Json }, context);
          await keepPlan(plan);
          return { ended: 'planned', plan };
        },
        onEnd: (result, usage) =>
          calls.settle(() => {
            if (!active.delete(path)) return;
            if (result.ended === 'failed') {
              fail(at, result.error, usage);
              return;
            }
            const { hash, objectives } = result.plan;
            const spent = usage === undefined ? {} : { usage };
            desk.apply({ do: 'acceptPlan', at: desk.now(), path, attempt, program: hash, objectives, ...spent });
            desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { plan: hash } });
          }),
      }),
    );
  }

  function attemptOf(path: StepPath): number {
    const known = state.steps.get(path);
    return known?.status === 'running' || known?.status === 'waiting' ? known.attempt : 1;
  }

  function fail({ path, step }: At, thrown: ErrorRecord, usage?: Usage, labels: Labels = noLabels): void {
    const error = boundedError(desk.rendering.hide(thrown));
    const spent = { labels, ...(usage === undefined ? {} : { usage }) };
    const attempt = attemptOf(path);
    desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random: deps.random(), ...spent });
  }

  function finish(at: At, frames: readonly EndedFrame[], scope: Scope, lookup: Lookup, output: Json): void {
    const { path, step, frame } = at;
    const labels = step.trust === 'trusted' ? noLabels : labelsOfBody(at, frames);
    if (step.gate === undefined) {
      desk.store(output, (payload) => succeed(at, payload, labels));
      return;
    }
    const { gate } = step;
    const attempt = attemptOf(path);
    const calls = createCalls(desk, path, attempt);
    const sources = sourcesOf(state, frame, step.reads, lookup);
    active.set(
      path,
      startStep<{ readonly ended: 'judged'; readonly result: GateResult }>({
        clock: deps.clock,
        timeoutMs: step.timeoutMs,
        onText: () => {},
        onCall: (call) => calls.record(call),
        onError: desk.fail,
        run: async (hooks) => {
          const record = (call: ToolCallReport): void => hooks.onCall(call);
          const judging = { checks: deps.checks, linked, scope, signal: hooks.signal, record };
          return {
            ended: 'judged',
            result: await evaluateGate(gate, { output, input: null, sources, earlier: 0 }, judging),
          };
        },
        onEnd: (judged, usage) =>
          calls.settle(() => {
            if (!active.delete(path)) return;
            if (judged.ended === 'failed') {
              fail(at, judged.error, usage);
              return;
            }
            const { result } = judged;
            const spent = usage === undefined ? {} : { usage };
            desk.store(output, (payload) => {
              if (result.passed) succeed(at, payload, labels, { gate: result, ...spent });
              else rejectOutput(desk, { path, step, attempt, output: payload, gate: result, scope, labels, ...spent });
            });
          }),
      }),
    );
  }

  function succeed(
    { path }: At,
    output: Payload,
    labels: Labels,
    judged: { readonly gate?: GateResult; readonly usage?: Usage } = {},
  ): void {
    desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt: attemptOf(path), output, labels, ...judged });
  }

  function labelsOfBody(at: At, frames: readonly EndedFrame[]): Labels {
    let labels = labelsOf(linked.program, state, at.frame, at.step.reads);
    for (const { frame } of frames) {
      labels = joinLabels(
        labels,
        labelsOf(
          linked.program,
          state,
          frame,
          frame.steps.map(({ id }) => id),
        ),
      );
    }
    return labels;
  }

  return {
    start(at, scope) {
      const { path, step, frame } = at;
      const labels = labelsOf(linked.program, state, frame, step.reads);
      if (desk.apply({ do: 'startStep', at: desk.now(), path, attempt: 1, labels })) openIn(at, scope);
    },
    open(at) {
      desk.read({ path: at.path, frame: at.frame, reads: at.step.reads }, (scope) => {
        const known = state.steps.get(at.path);
        if (known?.status === 'waiting')
          desk.apply({ do: 'startStep', at: desk.now(), path: at.path, attempt: known.attempt });
        openIn(at, scope);
      });
    },
    close(at, frames, outcome) {
      const { path, step, frame } = at;
      if (outcome.status === 'failed') {
        fail(at, outcome.error, undefined, step.trust === 'trusted' ? noLabels : labelsOfBody(at, frames));
        return;
      }
      if (outcome.status === 'cancelled') {
        desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt: attemptOf(path) });
        return;
      }
      const reads = step.kind === 'foreach' ? step.yieldReads : [];
      const planned = planFrame(step, frames);
      const more = [
        ...bodyOutputs(state, frames),
        ...frames.flatMap((ended) => (reads.length === 0 ? [] : payloadsOf(state, ended.frame, reads))),
        ...(planned === undefined ? [] : payloadsOf(state, planned.frame, planned.program.outputReads)),
      ];
      desk.read({ path, frame, reads: step.reads, more }, (scope, lookup) => {
        const scopeIn = (inner: Frame, inReads: readonly string[]): Scope => ({
          ...scope,
          ...scopeOf(state, {}, inner, inReads, lookup),
          vars: scope['vars'] ?? {},
        });
        try {
          const yielded = (inner: Frame): Json =>
            step.kind === 'foreach' && step.yield !== undefined
              ? linked.render(step.yield, scopeIn(inner, reads))
              : null;
          const last = blockOutput(state, step, frames, lookup, yielded);
          if (planned === undefined) {
            finish(at, frames, scope, lookup, last);
            return;
          }
          const { outputs, outputReads } = planned.program;
          const output =
            Object.keys(outputs).length === 0 ? last : linked.render(outputs, scopeIn(planned.frame, outputReads));
          finish(at, frames, scope, lookup, { plan: planned.hash, output });
        } catch (error) {
          fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
        }
      });
    },
    abort(path, reason) {
      const step = active.get(path);
      if (step === undefined) return false;
      step.stop(reason);
      active.delete(path);
      return true;
    },
    stopAll(reason) {
      for (const step of active.values()) step.stop(reason());
      active.clear();
    },
  };

  function planFrame(
    step: Step,
    frames: readonly EndedFrame[],
  ): { readonly frame: Frame; readonly program: Program; readonly hash: Hash } | undefined {
    const frame = frames[0]?.frame;
    if (step.kind !== 'plan' || frame?.block === undefined) return undefined;
    const opening = state.blocks.get(frame.block.path);
    if (opening === undefined || !('plan' in opening)) return undefined;
    const program = planOf(opening.plan);
    return program === undefined ? undefined : { frame, program, hash: opening.plan };
  }
}
