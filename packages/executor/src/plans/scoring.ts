/** Scoring one objective of a plan whose steps have ended: by its own check, like the gate of a block. */
import { asksModel, boundedText, recordedVerdict } from '@telos/core';
import type { CheckUse, Frame, Json, ObjectiveScore, Verdict } from '@telos/core';
import type { Beside } from '../running/beside.ts';
import type { Desk } from '../desk/desk.ts';
import { score } from '../gates/gate.ts';
import { askJudges } from '../beside/judging.ts';
import type { Judgement, Judges } from '../beside/judging.ts';
import type { Purse } from '../budget/purse.ts';

export type Scoring = {
  readonly check: CheckUse;
  /** Of the round, and the steps whose outputs its check is shown. */
  readonly frame: Frame;
  readonly reads: readonly string[];
};

/** Of an objective for which nothing at hand has a test. */
export const untested: ObjectiveScore = {
  verdict: 'untested',
  score: 0,
  reason: 'Not tested: no check says whether this holds, and no model was reachable to judge it.',
};

/** @param judgement Its scope is that of the round, as seen when its steps have ended. */
export function scoreObjective(
  beside: Beside,
  purse: Purse,
  { check, frame, reads }: Scoring,
  judgement: Judgement<ObjectiveScore>,
): void {
  const seen = { ...judgement.scope, output: judgement.output };
  const ask: Judges<ObjectiveScore>['ask'] = async (judged, deps) =>
    objectiveScore(beside.desk, check, await score(check, judged, seen, deps));
  askJudges(beside, purse, { uses: [check], frame, reads, ask }, judgement);
}

/** What could not be asked of a model stays untested; a check at hand that cannot say yes says no. */
function objectiveScore({ deps }: Desk, check: CheckUse, verdict: Verdict): ObjectiveScore {
  const said = recordedVerdict(check, verdict);
  const { uses, reason, evidence, version } = said;
  const known = deps.checks.get(uses);
  if (known !== undefined && asksModel(known, check.with) && (said.verdict === 'error' || quotes(evidence))) {
    const why = said.verdict === 'error' ? reason : 'the model at hand only quotes, and judges nothing';
    return { ...untested, uses, reason: boundedText(`Not tested: ${why}`) };
  }
  return {
    verdict: said.verdict === 'pass' ? 'pass' : 'fail',
    score: said.score,
    reason,
    uses,
    ...(version === undefined ? {} : { version }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** Models of the provider `offline` answer with what they are shown. */
function quotes(evidence: Json | undefined): boolean {
  const model = typeof evidence === 'object' && evidence !== null && 'model' in evidence ? evidence.model : undefined;
  return typeof model === 'string' && model.startsWith('offline/');
}
