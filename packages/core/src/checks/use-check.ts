/** Asking a check: its parameters are rendered and read, its answer is looked at and bounded. */
import type { Json } from '../json.ts';
import type { AnyCheck, CheckContext, Subject, Verdict } from '../ports/check.ts';
import type { CheckUse, Template } from '../program/program.ts';
import type { CheckVerdict } from '../run/events.ts';
import { boundedJson, boundedText, countable } from './bounded.ts';

export type CheckDeps = CheckContext & {
  readonly checks: ReadonlyMap<string, AnyCheck>;
  /** Evaluates the expressions in a check's parameters. What it throws is an `error` verdict. */
  readonly render: (template: Template) => Json;
};

/**
 * What a check says of a subject. Never throws but on abort: what cannot be
 * asked, or answers in no form, is an `error` verdict, which is never a pass.
 */
export async function useCheck(use: CheckUse, subject: Subject, deps: CheckDeps): Promise<Verdict> {
  try {
    const check = deps.checks.get(use.uses);
    if (check === undefined) return failed(`There is no check named ${use.uses}.`);
    const params = check.params.safeParse(deps.render(use.with));
    if (!params.success)
      return failed(`The parameters of ${use.uses} do not fit: ${params.error.issues[0]?.message ?? 'unknown'}.`);
    const { signal, record, sharing, vault } = deps;
    const context = { signal, record, sharing, ...(vault === undefined ? {} : { vault }) };
    const given = await check.score(subject, params.data, context);
    return isVerdict(given) ? bounded(given) : failed(`${use.uses} gave no verdict with a score in [0, 1].`);
  } catch (error) {
    deps.signal.throwIfAborted();
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** A verdict as it is recorded, by the floor that its use sets. */
export function recordedVerdict(use: CheckUse, verdict: Verdict): CheckVerdict {
  const { score, reason, evidence, usage } = verdict;
  const passes =
    verdict.verdict === 'error' || use.min === undefined ? verdict.verdict : score >= use.min ? 'pass' : 'fail';
  return {
    check: use.name,
    uses: use.uses,
    score,
    verdict: passes,
    reason,
    ...(evidence === undefined ? {} : { evidence }),
    ...(usage === undefined ? {} : { usage }),
  };
}

/** A value as the text that is judged: itself, its `text`, or its JSON. */
export function judgedText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string')
    return value.text;
  return JSON.stringify(value);
}

function failed(reason: string): Verdict {
  return { score: 0, verdict: 'error', reason: boundedText(reason) };
}

/** A check's word is typed, and is still looked at: a score that is no number would spoil the journal. */
function isVerdict(given: Verdict | undefined): given is Verdict {
  if (given === undefined || !(given.score >= 0 && given.score <= 1) || typeof given.reason !== 'string') return false;
  return given.verdict === 'pass' || given.verdict === 'fail' || given.verdict === 'error';
}

function bounded(given: Verdict): Verdict {
  const { score, verdict, reason, evidence, usage, replacement, vault } = given;
  const kept = boundedJson(evidence);
  return {
    score,
    verdict,
    reason: boundedText(reason),
    ...(kept === undefined ? {} : { evidence: kept }),
    ...(usage === undefined ? {} : { usage: countable(usage) }),
    ...(replacement === undefined ? {} : { replacement }),
    ...(vault === undefined ? {} : { vault }),
  };
}
