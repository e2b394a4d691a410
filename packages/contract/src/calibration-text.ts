import type { CalibrationView } from './gate.ts';

/** Said first: what agreement is told by, the surest figure before the others. */
const headline = ['kappa', 'spearman', 'auc', 'f1', 'balanced_accuracy', 'accuracy'] as const;

/** What a score is worth, in a few words: `measured on 280 rows: auc 0.96, f1 0.91`. */
export function calibrationText({ n, figures }: CalibrationView): string {
  const told = headline.flatMap((name) => {
    const value = figures[name];
    return value === undefined ? [] : [`${name.replaceAll('_', ' ')} ${value.toFixed(2)}`];
  });
  return `measured on ${n} ${n === 1 ? 'row' : 'rows'}${told.length === 0 ? '' : `: ${told.slice(0, 2).join(', ')}`}`;
}
