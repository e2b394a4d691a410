import { heads } from './heads.ts';
import type { Head, HeadName } from './heads.ts';
import { openModel, summing } from './linear-model.ts';
import type { LinearModel, Summing } from './linear-model.ts';
import { trained } from './weights.ts';

export type OpenHead = Head & {
  readonly model: LinearModel;
  readonly threshold: number;
  /** Shared by all who use the head: a sum is begun and ended without letting go of the thread. */
  readonly sum: Summing;
};

const opened = new Map<HeadName, OpenHead>();

/** The head with its weights, unpacked at the first use. */
export function headOf(name: HeadName): OpenHead {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const stored = trained.heads[name];
  const model = openModel(stored);
  const head = { ...heads[name], model, threshold: stored.threshold, sum: summing(model) };
  opened.set(name, head);
  return head;
}
