/**
 * How well verdicts agree with labels. Which figures mean something depends on
 * what the labels are; the others are null.
 *
 *   class       all but Spearman
 *   spans       precision, recall, F1 of the spans; the rest of the rows: does the text hold any
 *   preference  accuracy, balanced accuracy, kappa over first, second and tie; AUC without the ties
 *   rating      Spearman
 *   value       accuracy and recall: the part that was mended right
 */
import { isDeepStrictEqual } from 'node:util';
import type { Json, Verdict } from '@telos/core';
import { intervalsOf } from './bootstrap.ts';
import type { Intervals } from './bootstrap.ts';
import { agreementOf, confusionOf, findingOf } from './confusion.ts';
import type { Label, LabelledCase } from './labelled-case.ts';
import { isCalledPositive, positiveScore } from './orientation.ts';
import type { Orientation } from './orientation.ts';
import { rankCorrelationOf } from './rank-correlation.ts';
import { separationOf } from './separation.ts';
import { spanFigures } from './span-figures.ts';
import type { SpanOptions } from './span-figures.ts';

export type Judged = { readonly case: LabelledCase; readonly verdict: Verdict };

export const figureNames = [
  'precision',
  'recall',
  'f1',
  'auc',
  'recall_at_fpr_01',
  'recall_at_fpr_03',
  'balanced_accuracy',
  'accuracy',
  'kappa',
  'spearman',
] as const;
export type FigureName = (typeof figureNames)[number];
export type Figures = { readonly [name in FigureName]: number | null };

export type Measurement = Figures & {
  readonly n: number;
  /** Rows of the positive class; of spans, how many were marked. */
  readonly positives: number;
  /** The positive score from which a subject is called positive; null when the check's verdicts follow none. */
  readonly threshold: number | null;
  /** 95 %. */
  readonly intervals: Intervals<FigureName>;
  /** Of spans: the same by type. */
  readonly types?: { readonly [type: string]: Measurement };
};

export type MeasureOptions = SpanOptions & {
  readonly orientation: Orientation;
  /** Absent: the check's own verdicts decide. */
  readonly threshold?: number;
  /** Bootstrap samples; default 1000. */
  readonly samples?: number;
};

/** @param judged At least one; labels all of one kind. */
export function measure(judged: readonly Judged[], options: MeasureOptions): Measurement {
  const [first] = judged;
  if (first === undefined) throw new RangeError('There is nothing to measure.');
  switch (first.case.label.kind) {
    case 'class':
      return measured(
        judged.length,
        ofClasses(judged, (label) => label.kind === 'class' && label.positive, options),
        options,
      );
    case 'spans': {
      const rows = ofClasses(judged, (label) => label.kind === 'spans' && label.spans.length > 0, options);
      const { all, types } = spanFigures(judged, options);
      return {
        ...measured(
          judged.length,
          { ...rows, positives: all.marked, figures: (w) => ({ ...rows.figures(w), ...all.figures(w) }) },
          options,
        ),
        types: Object.fromEntries(
          [...types].map(([type, { marked, figures }]) => [
            type,
            measured(judged.length, { positives: marked, threshold: null, figures }, options),
          ]),
        ),
      };
    }
    case 'preference':
      return measured(judged.length, ofPreferences(judged), options);
    case 'rating':
      return measured(judged.length, ofRatings(judged, options), options);
    case 'value':
      return measured(judged.length, ofValues(judged), options);
  }
}

/** What one kind of label gives: figures as functions of how much each row weighs. */
type Measured = {
  readonly positives: number;
  readonly threshold: number | null;
  readonly figures: (weights: Float64Array) => Partial<Figures>;
};

const nothing = Object.fromEntries(figureNames.map((name) => [name, null])) as Figures; // every name, from the list

function measured(
  n: number,
  { positives, threshold, figures }: Measured,
  { samples = 1000 }: MeasureOptions,
): Measurement {
  const complete = (weights: Float64Array): Figures => ({ ...nothing, ...figures(weights) });
  return {
    n,
    positives,
    threshold,
    ...complete(new Float64Array(n).fill(1)),
    intervals: intervalsOf(n, complete, { samples }),
  };
}

/** An error is the wrong answer: its score stands beyond all others on the wrong side. */
const wrongScore = { true: -1, false: 2 } as const;

function ofClasses(
  judged: readonly Judged[],
  isPositive: (label: Label) => boolean,
  options: MeasureOptions,
): Measured {
  const { orientation, threshold } = options;
  const labels = judged.map(({ case: { label } }) => isPositive(label));
  const scores = judged.map(({ verdict }, at) =>
    verdict.verdict === 'error' ? wrongScore[`${labels[at] === true}`] : positiveScore(verdict, orientation),
  );
  const calls = judged.map(({ verdict }, at) => {
    if (verdict.verdict === 'error') return labels[at] !== true;
    return threshold === undefined ? isCalledPositive(verdict, orientation) : (scores[at] ?? 0) + 1e-9 >= threshold;
  });
  const separation = separationOf(scores, labels, [0.01, 0.03]);
  const [labelNumbers, callNumbers] = [labels.map(Number), calls.map(Number)];
  return {
    positives: labels.filter(Boolean).length,
    threshold: threshold ?? lowestCalled(judged, scores, calls),
    figures(weights) {
      const confusion = confusionOf(2, labelNumbers, callNumbers, weights);
      const { accuracy, balancedAccuracy, kappa } = agreementOf(confusion);
      const { auc, recalls } = separation(weights);
      return {
        ...findingOf(confusion[1]?.[1] ?? 0, confusion[0]?.[1] ?? 0, confusion[1]?.[0] ?? 0),
        auc,
        recall_at_fpr_01: recalls[0] ?? null,
        recall_at_fpr_03: recalls[1] ?? null,
        balanced_accuracy: balancedAccuracy,
        accuracy,
        kappa,
      };
    },
  };
}

/** The lowest score that was called positive, when none above it was called negative. */
function lowestCalled(judged: readonly Judged[], scores: readonly number[], calls: readonly boolean[]): number | null {
  const told = [...scores.entries()].filter(([at]) => judged[at]?.verdict.verdict !== 'error');
  const called = told.filter(([at]) => calls[at] === true).map(([, score]) => score);
  const others = told.filter(([at]) => calls[at] !== true).map(([, score]) => score);
  if (called.length === 0) return null;
  const lowest = called.reduce((least, score) => Math.min(least, score));
  return others.every((score) => score < lowest) ? lowest : null;
}

const sides = { first: 0, second: 1, tie: 2 } as const;

function ofPreferences(judged: readonly Judged[]): Measured {
  const labels = judged.map(({ case: { label } }) => (label.kind === 'preference' ? sides[label.better] : sides.tie));
  const calls = judged.map(({ verdict: { verdict, score } }, at) => {
    if (verdict === 'error') return ((labels[at] ?? 0) + 1) % 3;
    return score > 0.5 + 1e-9 ? sides.first : score < 0.5 - 1e-9 ? sides.second : sides.tie;
  });
  const decided = judged.map((_, at) => labels[at] !== sides.tie);
  const firsts = labels.map((label) => label === sides.first);
  const scores = judged.map(({ verdict: { verdict, score } }, at) =>
    verdict === 'error' ? wrongScore[`${firsts[at] === true}`] : score,
  );
  const separation = separationOf(scores, firsts, []);
  return {
    positives: firsts.filter(Boolean).length,
    threshold: null,
    figures(weights) {
      const { accuracy, balancedAccuracy, kappa } = agreementOf(confusionOf(3, labels, calls, weights));
      const { auc } = separation(weights.map((weight, at) => (decided[at] === true ? weight : 0)));
      return { auc, balanced_accuracy: balancedAccuracy, accuracy, kappa };
    },
  };
}

function ofRatings(judged: readonly Judged[], { orientation }: MeasureOptions): Measured {
  const ratings = judged.map(({ case: { label } }) => (label.kind === 'rating' ? label.rating : 0));
  const scores = judged.map(({ verdict }) => (verdict.verdict === 'error' ? -1 : positiveScore(verdict, orientation)));
  const correlation = rankCorrelationOf(scores, ratings);
  return { positives: 0, threshold: null, figures: (weights) => ({ spearman: correlation(weights) }) };
}

function ofValues(judged: readonly Judged[]): Measured {
  const calls = judged.map(({ case: { subject, label }, verdict }) =>
    Number(label.kind === 'value' && isDeepStrictEqual(mended(subject.value, verdict), label.value)),
  );
  return {
    positives: judged.length,
    threshold: null,
    figures(weights) {
      const confusion = confusionOf(
        2,
        calls.map(() => 1),
        calls,
        weights,
      );
      const { accuracy } = agreementOf(confusion);
      return { recall: accuracy, accuracy };
    },
  };
}

/** What the check would put in the place of the value; what it lets pass as it is is JSON already. */
function mended(value: Json, { verdict, replacement }: Verdict): Json | undefined {
  if (replacement !== undefined) return replacement;
  if (verdict !== 'pass' || typeof value !== 'string') return undefined;
  try {
    return JSON.parse(value) as Json; // JSON.parse gives nothing but JSON
  } catch {
    return undefined;
  }
}
