/** Judging what a block gave: its gate, outside any slot, since what costs is the model calls that checks make. */
import { checksOfGate, turnOf } from '@telos/core';
import type {
  At,
  ErrorRecord,
  GateResult,
  Json,
  JsonObject,
  Labelling,
  RateLimit,
  StepPath,
  Template,
  ToolCallReport,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import { startStep } from './active-step.ts';
import type { ActiveStep } from './active-step.ts';
import { createCalls } from './calls.ts';
import type { Desk } from './desk.ts';
import { evaluateGate } from './gate.ts';
import { mayHaveOf } from './private-judging.ts';
import type { Purse } from './purse.ts';
import { noteWaits } from './waiting-calls.ts';

export type Judgement = { readonly at: At; readonly attempt: number; readonly scope: Scope } & {
  readonly output: Json;
  /** Of the output. */
  readonly labelling: Labelling;
  readonly sources: JsonObject;
  readonly onEnd: (judged: GateResult | { readonly error: ErrorRecord }, usage: Usage | undefined) => void;
};

/** Asks a block's gate about its output; keeps what is under way in `active` until it has ended. */
export function judge(desk: Desk, active: Map<StepPath, ActiveStep>, judgement: Judgement, purse: Purse): void {
  const { at, attempt, scope, output, sources, onEnd } = judgement;
  const { path, step } = at;
  const { gate } = step;
  if (gate === undefined) return;
  const { deps } = desk;
  const { linked } = desk.contexts.of(at.frame);
  const uses = checksOfGate(gate);
  const render = (template: Template): Json => linked.render(template, { ...scope, output });
  const judged = { uses, value: output, input: null, sources, render };
  purse.reserveJudging(at, judged, ask, (error) => onEnd({ error }, undefined));

  function ask(): void {
    if (gate === undefined) return;
    const calls = createCalls(desk, path, attempt);
    active.set(
      path,
      startStep<{ readonly ended: 'judged'; readonly result: GateResult }>({
        of: { run: desk.state.id, path, attempt, traceparent: desk.state.traceparent },
        clock: deps.clock,
        timeoutMs: undefined,
        onText: () => {},
        onCall: (call) => calls.record(call),
        onWait: noteWaits(desk, path, attempt),
        onError: desk.fail,
        run: async (hooks) => {
          const record = (call: ToolCallReport): void => hooks.onCall(call);
          const sharing = { turn: turnOf(desk.state), onWait: (limit: RateLimit) => hooks.onWait(limit) };
          const { frame } = at;
          const shown = { frame, reads: step.reads, values: [judgement.labelling], uses };
          const mayHave = mayHaveOf(desk, shown);
          const judging = { checks: deps.checks, linked, scope, signal: hooks.signal, record, sharing, mayHave };
          const result = await evaluateGate(gate, { output, input: null, sources, earlier: 0 }, judging);
          return { ended: 'judged', result };
        },
        onEnd: (judged, usage) =>
          calls.settle(() => {
            if (!active.delete(path)) return;
            purse.release(path);
            onEnd(judged.ended === 'failed' ? { error: judged.error } : judged.result, usage);
          }),
      }),
    );
  }
}
