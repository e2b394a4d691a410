/**
 * Gates: whether a step's output may go on.
 *
 * Checks run first, side by side. The judge costs money, so it is asked only
 * when every check passed, unless the gate's own `pass` weighs the scores.
 */
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
  Verdict,
} from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { boundedJson, boundedText, countable } from './bounded.ts';

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
};

/** Scores an output. Never throws but on abort: what cannot be scored is an `error` verdict, and that does not pass. */
export async function evaluateGate(gate: GateSpec, judged: Judged, deps: GateDeps): Promise<GateResult> {
  const scope: Scope = { ...deps.scope, output: judged.output };
  const verdicts = await Promise.all(gate.checks.map((check) => evaluate(check, judged, scope, deps)));
  const checksPassed = verdicts.every(({ verdict }) => verdict === 'pass');
  let judge: CheckVerdict | undefined;
  if (gate.judge !== undefined && (checksPassed || gate.pass !== undefined)) {
    judge = await evaluate(gate.judge, judged, scope, deps);
    verdicts.push(judge);
  }
  const score = judge?.score ?? mean(verdicts.map((verdict) => verdict.score));
  const errors = verdicts.some(({ verdict }) => verdict === 'error');
  let passed = verdicts.every(({ verdict }) => verdict === 'pass');
  if (gate.pass !== undefined && !errors) {
    const scores = Object.fromEntries(verdicts.map((verdict) => [verdict.check, verdict.score]));
    const outcome = condition(deps.linked, gate.pass, { ...scope, score, scores });
    passed = checksPassed && outcome.verdict === 'pass';
    if (outcome.verdict !== 'pass') verdicts.push({ check: 'pass', uses: 'cel', ...outcome });
  }
  return { passed, score, verdicts, attempts: judged.earlier + 1 };
}

async function evaluate(use: CheckUse, judged: Judged, scope: Scope, deps: GateDeps): Promise<CheckVerdict> {
  const verdict = await score(use, judged, scope, deps);
  const passes =
    verdict.verdict === 'error'
      ? 'error'
      : use.min === undefined
        ? verdict.verdict
        : verdict.score >= use.min
          ? 'pass'
          : 'fail';
  return { check: use.name, uses: use.uses, ...verdict, verdict: passes };
}

async function score(use: CheckUse, judged: Judged, scope: Scope, deps: GateDeps): Promise<Verdict> {
  try {
    // A bare condition sees the whole scope of its step, not only the output: it is evaluated here.
    if (use.uses === 'cel' && isExpression(use.with)) return condition(deps.linked, use.with.expression, scope);
    const check = deps.checks.get(use.uses);
    if (check === undefined) return failed(`There is no check named ${use.uses}.`);
    const params = check.params.safeParse(deps.linked.render(use.with, scope));
    if (!params.success)
      return failed(`The parameters of ${use.uses} do not fit: ${params.error.issues[0]?.message ?? 'unknown'}.`);
    const subject = { value: judged.output, text: textOf(judged.output), input: judged.input, sources: judged.sources };
    const { signal, record, sharing } = deps;
    const given = await check.score(subject, params.data, { signal, record, sharing });
    return isVerdict(given) ? bounded(given) : failed(`${use.uses} gave no verdict with a score in [0, 1].`);
  } catch (error) {
    deps.signal.throwIfAborted();
    return failed(error instanceof Error ? error.message : String(error));
  }
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
    return failed(error instanceof Error ? error.message : String(error));
  }
}

function isExpression(value: Json): value is { readonly expression: string } {
  return typeof value === 'object' && value !== null && 'expression' in value && typeof value.expression === 'string';
}

function failed(reason: string): Verdict {
  return { score: 0, verdict: 'error', reason: boundedText(reason) };
}

/** A check's word is typed, and is still looked at: a score that is no number would spoil the journal. */
function isVerdict(given: Verdict | undefined): given is Verdict {
  if (given === undefined || !(given.score >= 0 && given.score <= 1) || typeof given.reason !== 'string') return false;
  return given.verdict === 'pass' || given.verdict === 'fail' || given.verdict === 'error';
}

function bounded({ score, verdict, reason, evidence, usage }: Verdict): Verdict {
  const kept = boundedJson(evidence);
  return {
    score,
    verdict,
    reason: boundedText(reason),
    ...(kept === undefined ? {} : { evidence: kept }),
    ...(usage === undefined ? {} : { usage: countable(usage) }),
  };
}

/** A value as the text that is judged: itself, its `text`, or its JSON. */
function textOf(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string')
    return value.text;
  return JSON.stringify(value);
}

function mean(numbers: readonly number[]): number {
  return numbers.length === 0 ? 1 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
