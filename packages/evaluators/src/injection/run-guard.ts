/**
 * What guards against attacks on a model have in common: they look at every
 * text of a value, tell the stretches that count against it, and leave what
 * they are not sure of to a model when one is given.
 */
import type { CheckContext, Json, JsonObject, Models, Subject, Verdict } from '@telos/core';
import { errorVerdict, quoted, verdictOf } from '../define-check.ts';
import type { PlacedText } from '@telos/core';
import { createPace } from '../text/pace.ts';
import type { GuardParams } from './guard-params.ts';
import type { HeadName } from './model/heads.ts';
import { askAbout } from './second-opinion.ts';
import type { Opinion } from './second-opinion.ts';
import { shownToJudge } from './shown-to-judge.ts';
import type { Placed } from './shown-to-judge.ts';

export type Guard = {
  /** For the reason: "a prompt injection". */
  readonly attack: string;
  /** What a model is asked about, for the second opinion. */
  readonly criterion: string;
  /** The texts to look at, and who looks at each. */
  readonly texts: readonly (PlacedText & { readonly heads: readonly HeadName[] })[];
};

/** In UTF-16 units, of all texts of a value together. Looking is linear, but not free. */
const mostText = 4_000_000;
const mostTold = 3;

/** Score: 1 less the risk of the worst window, or what the model says where it was asked. */
export async function runGuard(
  subject: Subject,
  { attack, criterion, texts }: Guard,
  { min, model, between }: GuardParams,
  models: Models,
  context: CheckContext,
): Promise<Verdict> {
  const total = texts.reduce((sum, { text }) => sum + text.length, 0);
  if (total > mostText) {
    return errorVerdict(`The value has ${total} characters of text; ${attack} is looked for in at most ${mostText}.`);
  }
  const { assess } = await import('./model/assess.ts');
  const pace = createPace(context.signal);
  let worst: readonly Placed[] = [];
  for (const placed of texts) {
    const found = await assess(placed.text, placed.heads, pace);
    worst = [...worst, ...found.map((suspicion) => ({ placed, suspicion }))]
      .toSorted((left, right) => right.suspicion.risk - left.suspicion.risk)
      .slice(0, mostTold);
  }
  const score = 1 - (worst[0]?.suspicion.risk ?? 0);
  const local = verdictFrom(score, min, attack, worst);
  if (model === undefined || worst.length === 0 || score < between[0] || score > between[1]) return local;
  const opinion = await askAbout(shownToJudge(subject, worst), { model, criterion }, models, context);
  return secondVerdict(local, opinion, min, attack);
}

function verdictFrom(score: number, min: number, attack: string, worst: readonly Placed[]): Verdict {
  const verdict = verdictOf(score, min);
  const counting = worst.filter(({ suspicion }) => 1 - suspicion.risk < min || suspicion === worst[0]?.suspicion);
  const [first] = counting;
  if (verdict === 'pass' || first === undefined) {
    return {
      score,
      verdict,
      reason: `Nothing in the value reads like ${attack}.`,
      // What came nearest, where it came near: a threshold can be set by it.
      ...(score < 0.8 && first !== undefined ? { evidence: asEvidence([first]) } : {}),
    };
  }
  const { inner } = first.suspicion;
  const shown = quoted(inner?.text ?? textAt(first), 200);
  const where = inner === undefined ? '' : ` ${waysToHide[inner.kind]} (${inner.form})`;
  return {
    score,
    verdict,
    reason: `This reads like ${attack}${where}: ${shown}. Take it out, or treat it as data.`,
    evidence: asEvidence(counting),
  };
}

const waysToHide = {
  hidden: 'that is hidden',
  decoded: 'in a code',
  rewritten: 'in disguise',
} as const;

function textAt({ placed, suspicion }: Placed): string {
  return placed.text.slice(suspicion.start, suspicion.end).toWellFormed();
}

function asEvidence(found: readonly Placed[]): Json {
  const rounded = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    found: found.map(({ placed, suspicion }): JsonObject => {
      const { risk, head, start, end, inner } = suspicion;
      return {
        ...(placed.pointer === '' ? {} : { at: placed.pointer }),
        start,
        end,
        text: placed.text.slice(start, Math.min(end, start + 300)).toWellFormed(),
        risk: rounded(risk),
        as: head,
        ...(inner === undefined ? {} : { hidden: inner.form, reads: inner.text.slice(0, 300).toWellFormed() }),
        spans: suspicion.weights().map((each): JsonObject => ({
          start: each.start,
          end: each.end,
          text: placed.text.slice(each.start, Math.min(each.end, each.start + 120)).toWellFormed(),
          weight: rounded(each.weight),
        })),
      };
    }),
  };
}

function secondVerdict(local: Verdict, opinion: Opinion, min: number, attack: string): Verdict {
  const { usage } = opinion;
  if (!('score' in opinion)) return { ...errorVerdict(opinion.problem), usage };
  const verdict = verdictOf(opinion.score, min);
  const said = opinion.reason === '' ? '' : `: ${quoted(opinion.reason, 300)}`;
  const evidence = {
    local: { score: local.score, ...(local.evidence === undefined ? {} : { evidence: local.evidence }) },
  };
  return {
    score: opinion.score,
    verdict,
    reason:
      verdict === 'pass'
        ? `${opinion.model} sees no ${attack.replace(/^an? /, '')} in it${said}.`
        : `${opinion.model} sees ${attack} in it${said}.`,
    evidence: { model: opinion.model, ...evidence },
    usage,
  };
}
