import type { GateResult } from './events.ts';

/**
 * Whether a gate found one output better than another of the same step: by how many of its checks it passed, and only
 * among those that passed as many by the score. The score alone is of two scales: the judge's, who is asked of what has
 * passed every check, and the mean of the checks of all else.
 */
export function isBetter(one: GateResult, other: GateResult): boolean {
  const [passed, otherPassed] = [passedIn(one), passedIn(other)];
  return passed === otherPassed ? one.score > other.score : passed > otherPassed;
}

function passedIn({ verdicts }: GateResult): number {
  return verdicts.filter(({ verdict }) => verdict === 'pass').length;
}
