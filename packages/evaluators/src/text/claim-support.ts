/**
 * Whether a sentence is supported by some passage, found without a model.
 *
 * Two ways to be wrong are told apart. A sentence that nearly copies a passage,
 * or half of one, must copy it fully: one word more, another number or a "not"
 * makes it another claim. A sentence in other words must share half of its content with a
 * passage and its neighbours, with every number and name, and may not deny what
 * is not denied there. It cannot see that two words mean the same, or that one
 * word turns the meaning around; `bench/groundedness.ts` shows how far it gets.
 */
import { comparisonWith } from './common-order.ts';
import type { Pace } from './pace.ts';
import type { IndexedPassage, PassageIndex } from './passage-index.ts';
import { contentTerms, termsOf } from './terms.ts';
import type { Term } from './terms.ts';

/** Chosen on half of the labelled claims of bench/groundedness.ts. */
const nearCopy = 0.7;
const comparableLength = 0.5;
const enoughContent = 0.5;

export type Support = {
  readonly supported: boolean;
  /** The part of the claim's content that the passage and its neighbours hold, in [0, 1]. */
  readonly coverage: number;
  readonly passage?: IndexedPassage;
  /** What is wrong, for the one who is to mend it; absent when supported. */
  readonly problem?: string;
};

/** @returns undefined when the sentence says too little to be a claim. */
export async function supportOf(claim: string, index: PassageIndex, pace: Pace): Promise<Support | undefined> {
  const terms = termsOf(claim);
  const content = contentTerms(terms);
  if (content.length < 2 && !content.some(({ kind }) => kind === 'number' || kind === 'name')) return undefined;
  const near = await index.nearest(terms);
  const comparison = comparisonWith(terms);
  await pace.spend(near.reduce((sum, passage) => sum + comparison.cost * (1 + passage.terms.length), terms.length));
  const [best] = near
    .map((passage) => {
      const copied = comparison.inOrder(passage.terms) / terms.length;
      return { passage, copied, closeness: shareOf(content, passage.forms) + copied / 2 };
    })
    .sort((left, right) => right.closeness - left.closeness);
  if (best === undefined) return { supported: false, coverage: 0, problem: 'no passage of the sources is about it' };
  const { passage, copied } = best;
  const around = index.around(passage);
  const problem = problemOf(terms, content, { passage, around, copied });
  return {
    supported: problem === undefined,
    coverage: shareOf(content, around),
    passage,
    ...(problem === undefined ? {} : { problem }),
  };
}

type Nearest = {
  readonly passage: IndexedPassage;
  /** Forms of the passage and its neighbours. */
  readonly around: ReadonlySet<string>;
  /** The part of the claim's terms that stand in the passage in the same order, in [0, 1]. */
  readonly copied: number;
};

function problemOf(
  terms: readonly Term[],
  content: readonly Term[],
  { passage, around, copied }: Nearest,
): string | undefined {
  const absent = content.filter(({ form }) => !around.has(form));
  const named = (found: readonly Term[]): string =>
    [...new Set(found.map(({ written }) => written))].slice(0, 5).join(', ');
  const numbers = absent.filter(({ kind }) => kind === 'number');
  if (numbers.length > 0) return `the sources do not give ${named(numbers)} here`;
  const names = absent.filter(({ kind }) => kind === 'name');
  if (names.length > 0) return `the sources do not name ${named(names)} here`;
  const denials = countOf(terms, 'negation') - countOf(passage.terms, 'negation');
  if (denials > 0) return 'it denies what the sources do not deny';
  if (copied >= nearCopy && terms.length >= passage.terms.length * comparableLength) {
    if (denials < 0) return 'it leaves out a "not" of the sources';
    if (copied < 1) return 'it changes the words of the passage that it copies';
  }
  if (absent.length > content.length * (1 - enoughContent)) return `the sources do not speak of ${named(absent)} here`;
  return undefined;
}

function countOf(terms: readonly Term[], kind: Term['kind']): number {
  return terms.filter((term) => term.kind === kind).length;
}

/** The part of the terms that the set holds, in [0, 1]; 0 for no terms. */
export function shareOf(terms: readonly Term[], forms: ReadonlySet<string>): number {
  return terms.length === 0 ? 0 : terms.filter(({ form }) => forms.has(form)).length / terms.length;
}
