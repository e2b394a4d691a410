// Public names: what the trials of an experiment come to.
export { compare } from './compare.ts';
export type { Comparison, Difference } from './compare.ts';
export { summarise } from './summarise.ts';
export type { Interval, VariantSummary } from './summarise.ts';
export { meanOf } from './trial.ts';
export type { Trial, TrialScore } from './trial.ts';
