/**
 * Which class is the positive one: the only place where that is decided.
 *
 * A check's score says how good its subject is. A label says whether its
 * subject belongs to the class that the check is for:
 *
 *   a check that rates     (faithfulness, judge, ...)  label 1: good, should pass
 *                                                      positive score = score
 *   a check that catches   (injection, pii, ...)       label 1: bad, should be caught
 *                                                      positive score = risk = 1 - score
 *
 * A check says which it is by `catches`. A verdict of `error` is neither a pass
 * nor a catch: it counts as the wrong answer, whatever the label.
 */
import type { AnyCheck, Verdict } from '@telos/core';

export type Orientation = 'catches' | 'rates';

export function orientationOf(check: Pick<AnyCheck, 'catches'>): Orientation {
  return check.catches === undefined ? 'rates' : 'catches';
}

/** How sure the check is of the positive class, in [0, 1]. */
export function positiveScore({ score }: Verdict, orientation: Orientation): number {
  return orientation === 'catches' ? 1 - score : score;
}

/** Whether the check's own verdict says that the subject is of the positive class. */
export function isCalledPositive({ verdict }: Verdict, orientation: Orientation): boolean {
  return verdict === (orientation === 'catches' ? 'fail' : 'pass');
}

const good = [
  'in_scope',
  'safe',
  'benign',
  'clean',
  'harmless',
  'allowed',
  'valid',
  'pass',
  'good',
  'correct',
  'right',
];
const bad = ['oos', 'out_of_scope', 'unsafe', 'malicious', 'poisoned', 'attack', 'injection', 'jailbreak', 'harmful'];
const words = new Map<string, 'good' | 'bad' | 1 | 0>([
  ...[...good, 'supported', 'ham'].map((word) => [word, 'good'] as const),
  ...[...bad, 'blocked', 'invalid', 'fail', 'wrong', 'incorrect', 'unsupported', 'spam'].map(
    (word) => [word, 'bad'] as const,
  ),
  ...['1', 'true', 'yes', 'positive'].map((word) => [word, 1] as const),
  ...['0', 'false', 'no', 'negative'].map((word) => [word, 0] as const),
]);

/** Reads a label of two classes: 1, 0, true, false, or a word. Undefined when the word is not known. */
export function isPositiveLabel(label: string | number | boolean, orientation: Orientation): boolean | undefined {
  const word = words.get(
    String(label)
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
  if (word === 1 || word === 0) return word === 1;
  return word === undefined ? undefined : (word === 'bad') === (orientation === 'catches');
}
