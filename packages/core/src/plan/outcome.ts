/** What a round of a plan was worth: what its objectives come to, and which of several rounds is the best. */
import type { ObjectiveScore } from '../run/events.ts';

/** `untested`: nothing was said for or against it. */
export type PlanOutcome = 'achieved' | 'partly' | 'not_achieved' | 'untested';

/** Achieved only where a verdict bears out every objective. */
export function planOutcome(scores: readonly ObjectiveScore[]): PlanOutcome {
  const count = (verdict: ObjectiveScore['verdict']): number => scores.filter((one) => one.verdict === verdict).length;
  if (count('pass') > 0) return count('pass') === scores.length ? 'achieved' : 'partly';
  return count('fail') > 0 ? 'not_achieved' : 'untested';
}

/** Position of the best round: most objectives met, then fewest failed, then the higher mean score, then the later one. */
export function bestRound(rounds: readonly (readonly ObjectiveScore[] | undefined)[]): number | undefined {
  let best: { readonly at: number; readonly worth: readonly number[] } | undefined;
  for (const [at, scores] of rounds.entries()) {
    if (scores === undefined) continue;
    const worth = worthOf(scores);
    if (best === undefined || !isMore(best.worth, worth)) best = { at, worth };
  }
  return best?.at;
}

/** In shares, since rounds may have different objectives. */
function worthOf(scores: readonly ObjectiveScore[]): readonly number[] {
  const share = (verdict: ObjectiveScore['verdict']): number =>
    scores.length === 0 ? 0 : scores.filter((one) => one.verdict === verdict).length / scores.length;
  const tested = scores.filter(({ verdict }) => verdict !== 'untested');
  const mean = tested.length === 0 ? 0 : tested.reduce((sum, { score }) => sum + score, 0) / tested.length;
  return [share('pass'), -share('fail'), mean];
}

function isMore(left: readonly number[], right: readonly number[]): boolean {
  for (const [index, one] of left.entries()) {
    const other = right[index] ?? 0;
    if (one !== other) return one > other;
  }
  return false;
}
