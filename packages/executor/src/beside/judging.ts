/** Judging what a block gave, by its gate or by an objective: outside any slot, since what costs is the model calls that checks make. */
import { checksOfGate, turnOf } from '@telos/core';
import type {
  At,
  CheckUse,
  ErrorRecord,
  Frame,
  GateResult,
  GateSpec,
  Json,
  JsonObject,
  Labelling,
  RateLimit,
  Template,
  ToolCallReport,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import { evaluateGate } from '../gates/gate.ts';
import type { GateDeps, Judged } from '../gates/gate.ts';
import { mayHaveOf } from '../labels/private-judging.ts';
import type { Purse } from '../budget/purse.ts';
import type { Beside } from '../running/beside.ts';

export type Judgement<T> = {
  /** The block. */
  readonly at: At;
  readonly attempt: number;
  /** What the judges' parameters are rendered in; the output comes to it. */
  readonly scope: Scope;
  readonly output: Json;
  /** Of the output. */
  readonly labelling: Labelling;
  readonly sources: JsonObject;
  readonly onEnd: (judged: T | { readonly error: ErrorRecord }, usage: Usage | undefined) => void;
};

export type Judges<T> = {
  readonly uses: readonly CheckUse[];
  /** Where they stand, and the steps there whose outputs they are shown. */
  readonly frame: Frame;
  readonly reads: readonly string[];
  readonly ask: (judged: Judged, deps: GateDeps) => Promise<T>;
};

/** Asks a block's gate about its output. */
export function judge(beside: Beside, purse: Purse, gate: GateSpec, judgement: Judgement<GateResult>): void {
  const { frame, step } = judgement.at;
  const ask: Judges<GateResult>['ask'] = (judged, deps) => evaluateGate(gate, judged, deps);
  askJudges(beside, purse, { uses: checksOfGate(gate), frame, reads: step.reads, ask }, judgement);
}

/** Asks them once what they may cost is set aside. */
export function askJudges<T>(
  beside: Beside,
  purse: Purse,
  { uses, frame, reads, ask }: Judges<T>,
  judgement: Judgement<T>,
): void {
  const { desk } = beside;
  const { at, attempt, scope, output, labelling, sources, onEnd } = judgement;
  const { path } = at;
  const { linked } = desk.contexts.of(frame);
  const render = (template: Template): Json => linked.render(template, { ...scope, output });

  const begin = (): void =>
    beside.begin<T>({
      path,
      attempt,
      async run(hooks) {
        const record = (call: ToolCallReport): void => hooks.onCall(call);
        const sharing = { turn: turnOf(desk.state), onWait: (limit: RateLimit) => hooks.onWait(limit) };
        const mayHave = mayHaveOf(desk, { frame, reads, values: [labelling], uses });
        const deps = { checks: desk.deps.checks, linked, scope, signal: hooks.signal, record, sharing, mayHave };
        return ask({ output, input: null, sources, earlier: 0 }, deps);
      },
      onEnd(ended, usage) {
        purse.release(path);
        onEnd('came' in ended ? ended.came : ended, usage);
      },
    });

  const judged = { uses, value: output, input: null, sources, render };
  purse.reserveJudging(at, judged, begin, (error) => onEnd({ error }, undefined));
}
