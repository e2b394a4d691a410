/** Asking a check: its parameters are rendered and read, its answer is looked at and bounded. */
import type { Json } from '../json.ts';
import type { AnyCheck, CheckContext, Subject, Verdict } from '../ports/check.ts';
import type { Destination } from '../ports/tool.ts';
import type { CheckUse } from '../program/check-use.ts';
import type { Template } from '../program/template.ts';
import type { CheckVerdict } from '../run/events.ts';
import { boundedJson, boundedText, countable } from './bounded.ts';

export type CheckDeps = CheckContext & {
  readonly checks: ReadonlyMap<string, AnyCheck>;
  /** Evaluates the expressions in a check's parameters. What it throws is an `error` verdict. */
  readonly render: (template: Template) => Json;
  /** Where what is judged may be sent, when not everywhere: it is private, and not every model may have it. */
  readonly mayHave?: ((destination: Destination) => boolean) | undefined;
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
    const closed = deps.mayHave === undefined ? undefined : await closedTo(check, params.data, deps.mayHave);
    if (closed !== undefined) return failed(closed);
    const { signal, record, sharing, vault, drawn, letters } = deps;
    const context = {
      signal,
      record,
      sharing,
      ...(vault === undefined ? {} : { vault }),
      ...(drawn === undefined ? {} : { drawn }),
      ...(letters === undefined ? {} : { letters }),
    };
    const given = await check.score(subject, params.data, context);
    if (isVerdict(given)) return { ...bounded(given), ...versionOf(check) };
    return failed(`${use.uses} gave no verdict with a score in [0, 1].`);
  } catch (error) {
    deps.signal.throwIfAborted();
    return failed(error instanceof Error ? error.message : String(error));
  }
}

/** Why it may not be shown what it would judge; undefined when it may. */
async function closedTo(
  check: AnyCheck,
  params: unknown,
  mayHave: NonNullable<CheckDeps['mayHave']>,
): Promise<string | undefined> {
  if (check.sendsTo === undefined && check.needs === 'local') return undefined;
  const hosts = (await check.sendsTo?.(params))?.filter((destination) => !mayHave(destination)).map(({ host }) => host);
  if (hosts?.length === 0) return undefined;
  const named = hosts === undefined ? 'it may be sent anywhere' : `${[...new Set(hosts)].join(', ')} may have none`;
  return `What ${check.name} would be shown is private, and ${named}: name a model here, or list the host under \`permissions.hosts\` or TELOS_PRIVATE_HOSTS.`;
}

/** A verdict as it is recorded, by the floor that its use sets. */
export function recordedVerdict(use: CheckUse, verdict: Verdict): CheckVerdict {
  const { score, reason, evidence, usage, version } = verdict;
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
    ...(version === undefined ? {} : { version }),
  };
}

/** To stand with what a check says. */
export function versionOf(check: AnyCheck | undefined): { version?: string } {
  return check?.version === undefined ? {} : { version: check.version };
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
