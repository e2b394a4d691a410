/** What a person reads of an experiment: each trial as it ends, then the table and the comparisons. */
import type { Comparison, Difference, Interval, VariantSummary } from '@telos/evaluators/experiment';
import { addUsage } from '@telos/core';
import { countText, durationText, moneyText } from '../output/amounts.ts';
import { nextStepLines } from '../output/next-steps.ts';
import { tableLines } from '../output/table.ts';
import type { EvalReport } from './report.ts';
import type { EvalTrial } from './eval-trial.ts';

export function trialLine(trial: EvalTrial, done: number, of: number): string {
  const { variant, row, repetition, score, passed, status, ms, run, error } = trial;
  const outcome = status === 'succeeded' ? `${score.toFixed(2)} ${passed ? 'passed' : 'not passed'}` : status;
  const again = repetition === 1 ? '' : ` (${repetition})`;
  const why = error === undefined ? '' : `  ${error.code}: ${error.message}`;
  return `${String(done).padStart(String(of).length)}/${of}  ${variant}  ${row}${again}  ${outcome}  ${durationText(ms)}  ${run ?? ''}${why}`;
}

/** The table, the comparisons, and where to look. */
export function reportLines(report: EvalReport, columns: number): readonly string[] {
  const { experiment, id, variants, comparisons, waiting } = report;
  return [
    '',
    ...summaryLines(variants, columns),
    ...comparisons.flatMap((comparison) => ['', ...comparisonLines(comparison)]),
    '',
    `telos runs --tag experiment:${experiment}/${id}`,
    ...waiting.flatMap(({ run, needs }) => ['', `${run} waits:`, ...nextStepLines(needs)]),
    ...(waiting.length === 0 ? [] : ['', 'Then the same command goes on with them.']),
  ];
}

/** A row a variant; then, of each check, what the variants scored. */
function summaryLines(summaries: readonly VariantSummary[], columns: number): readonly string[] {
  const rows = summaries.map((each) => {
    const all = addUsage(each.usage, each.judging);
    return [
      each.variant,
      String(each.trials),
      figure(each.score, each.intervals.score),
      figure(each.pass_rate, each.intervals.pass_rate),
      moneyText(all.usd),
      countText(all.input_tokens + all.output_tokens),
      each.ms_p50 === null ? '-' : durationText(each.ms_p50),
      each.ms_p95 === null ? '-' : durationText(each.ms_p95),
      String(each.failed),
    ];
  });
  const head = ['variant', 'runs', 'score', 'passed', 'cost', 'tokens', 'p50', 'p95', 'failed'];
  const names = [...new Set(summaries.flatMap(({ checks }) => Object.keys(checks)))];
  const byCheck = names.map((name) => [
    name.length > 48 ? `${name.slice(0, 47)}…` : name,
    ...summaries.map(({ checks }) => checks[name]?.score.toFixed(3) ?? '-'),
  ]);
  return [
    ...tableLines([head, ...rows], columns),
    ...(names.length < 2
      ? []
      : ['', ...tableLines([['check', ...summaries.map(({ variant }) => variant)], ...byCheck], columns)]),
  ];
}

function figure(value: number | null, interval: Interval | null): string {
  if (value === null) return '-';
  return interval === null
    ? value.toFixed(3)
    : `${value.toFixed(3)} (${interval[0].toFixed(3)} to ${interval[1].toFixed(3)})`;
}

/** One comparison in a few lines, which say so when chance may have made the difference. */
function comparisonLines(comparison: Comparison): readonly string[] {
  const { variant, baseline, rows, wins, ties, losses } = comparison;
  if (rows === 0) return [`${variant} against ${baseline}: no row was run by both`];
  return [
    `${variant} against ${baseline}, ${rows} ${rows === 1 ? 'row' : 'rows'}: better on ${wins}, equal on ${ties}, worse on ${losses}`,
    `  score   ${differenceText(comparison.score)}`,
    `  passed  ${differenceText(comparison.pass_rate)}`,
  ];
}

function differenceText({ difference, interval, p, significant }: Difference): string {
  if (difference === null) return '-';
  const range =
    interval === null ? '' : ` (${signed(interval[0])} to ${signed(interval[1])}, p ${(p ?? 1).toFixed(3)})`;
  const meaning = significant ? (difference > 0 ? 'better' : 'worse') : 'not significant: chance may have made it';
  return `${signed(difference)}${range}  ${difference === 0 && !significant ? 'no difference' : meaning}`;
}

function signed(number: number): string {
  return `${number > 0 ? '+' : ''}${number.toFixed(3)}`;
}
