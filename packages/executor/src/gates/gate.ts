/**
 * Gates: whether a step's output may go on.
 *
 * Checks run first, side by side. The judge costs money, so it is asked only
 * when every check passed; what failed one is not let go on by the gate's own
 * `pass` either, which weighs scores in place of the judge's verdict.
 */
import { boundedText, judgedText, recordedVerdict, useCheck, versionOf } from '@telos/core';
import type {
  AnyCheck,
  CheckUse,
  CheckVerdict,
  GateResult,
  GateSpec,
  Json,
  JsonObject,
  ToolCallReport,
  Sharing,
  Template,
  Verdict,
} from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import type { MayHave } from '../labels/private-judging.ts';

export type Judged = {
  readonly output: Json;
  readonly input: Json;
  readonly sources: JsonObject;
  /** Outputs of this step judged before this one. */
  readonly earlier: number;
};

export type GateDeps = {
  readonly checks: ReadonlyMap<string, AnyCheck>;
  readonly linked: Linked;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  readonly record: (call: ToolCallReport) => void;
  readonly sharing: Sharing | undefined;
  /** Where the judges may send what they are shown; absent: everywhere. */
  readonly mayHave?: MayHave;
};

/** Scores an output. Never throws but on abort: what cannot be scored is an `error` verdict, and that does not pass. */
export async function evaluateGate(gate: GateSpec, judged: Judged, deps: GateDeps): Promise<GateResult> {
  const scope: Scope = { ...deps.scope, output: judged.output };
  const verdicts = await Promise.all(gate.checks.map((check) => evaluate(check, judged, scope, deps)));
  const checksPassed = verdicts.every(({ verdict }) => verdict === 'pass');
  let judge: CheckVerdict | undefined;
  if (gate.judge !== undefined && checksPassed) {
    judge = await evaluate(gate.judge, judged, scope, deps);
    verdicts.push(judge);
  }
  const score = judge?.score ?? mean(verdicts.map((verdict) => verdict.score));
  const errors = verdicts.some(({ verdict }) => verdict === 'error');
  let passed = verdicts.every(({ verdict }) => verdict === 'pass');
  if (gate.pass !== undefined && checksPassed && !errors) {
    const scores = Object.fromEntries(verdicts.map((verdict) => [verdict.check, verdict.score]));
    const outcome = condition(deps.linked, gate.pass, { ...scope, score, scores });
    passed = outcome.verdict === 'pass';
    if (outcome.verdict !== 'pass') verdicts.push({ check: 'pass', uses: 'cel', ...outcome });
  }
  return { passed, score, verdicts, attempts: judged.earlier + 1 };
}

async function evaluate(use: CheckUse, judged: Judged, scope: Scope, deps: GateDeps): Promise<CheckVerdict> {
  return recordedVerdict(use, await score(use, judged, scope, deps));
}

/** What one check says, `output` in its scope. Never throws but on abort. */
export async function score(use: CheckUse, judged: Judged, scope: Scope, deps: GateDeps): Promise<Verdict> {
  // A bare condition sees the whole scope of its step, not only the output: it is evaluated here.
  if (use.uses === 'cel' && isExpression(use.with))
    return { ...condition(deps.linked, use.with.expression, scope), ...versionOf(deps.checks.get('cel')) };
  const { output, input, sources } = judged;
  const subject = { value: output, text: judgedText(output), input, sources };
  const { checks, signal, record, sharing, linked, mayHave } = deps;
  const render = (template: Template): Json => linked.render(template, scope);
  return useCheck(use, subject, { checks, signal, record, sharing, render, mayHave });
}

function condition(linked: Linked, expression: string, scope: Scope): Verdict {
  try {
    const holds = linked.test(expression, scope);
    return {
      score: holds ? 1 : 0,
      verdict: holds ? 'pass' : 'fail',
      reason: holds ? `${expression} holds.` : `${expression} does not hold.`,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { score: 0, verdict: 'error', reason: boundedText(reason) };
  }
}

function isExpression(value: Json): value is { readonly expression: string } {
  return typeof value === 'object' && value !== null && 'expression' in value && typeof value.expression === 'string';
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 1 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
