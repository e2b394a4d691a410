import { addUsage, noUsage, TelosError } from '@telos/core';
import type { AnyCheck, Json, Usage, Verdict } from '@telos/core';
import { z } from 'zod';
import { asksModel } from '@telos/core';
import type { LabelledCase } from './labelled-case.ts';
import { measure } from './measure.ts';
import type { Judged, Measurement, MeasureOptions } from './measure.ts';

export type Calibration = Measurement & {
  /** Rows that the check gave no verdict on; each counts as judged wrongly. */
  readonly errors: number;
  /** The first few of their reasons. */
  readonly error_reasons: readonly string[];
  readonly ms_per_row_p50: number;
  readonly ms_per_row_p99: number;
  readonly usage: Usage;
};

export type CalibrateOptions = MeasureOptions & {
  readonly check: AnyCheck;
  /** As written; what a row offers stands below them. */
  readonly params: { readonly [name: string]: Json };
  /** The score that passes, inclusive, in place of the check's own. */
  readonly min?: number;
  /** Rows under way at once; default 1, which is what times mean something at. */
  readonly parallel?: number;
  readonly signal: AbortSignal;
  /** Milliseconds, of any origin. */
  readonly now: () => number;
  readonly onJudged?: (done: number) => void;
};

/**
 * Scores every case by a check and measures the agreement with the labels.
 *
 * @throws TelosError CHECK_PARAMS_INVALID when the parameters do not fit the check with the first case's offers.
 */
export async function calibrate(cases: readonly LabelledCase[], options: CalibrateOptions): Promise<Calibration> {
  const { check, min, parallel = 1, signal, now, onJudged } = options;
  const takes = parameterNames(check);
  const judged: Judged[] = [];
  const times: number[] = [];
  let usage: Usage = noUsage;

  const judge = async (at: number): Promise<void> => {
    const each = cases[at];
    if (each === undefined) return;
    const offered = Object.fromEntries(Object.entries(each.offers).filter(([name]) => takes.has(name)));
    const params = parsed(check, { ...offered, ...options.params }, each.id);
    const startedAt = now();
    const verdict = await check.score(each.subject, params, { signal, record: () => {} });
    times.push(now() - startedAt);
    if (verdict.usage !== undefined) usage = addUsage(usage, verdict.usage);
    judged[at] = { case: each, verdict: min === undefined ? verdict : decidedBy(verdict, min) };
    onJudged?.(times.length);
  };

  // What a check loads at its first use is no time of a row. A model is not paid twice.
  if (!asksModel(check, options.params)) {
    await judge(0);
    times.length = 0;
  }
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < cases.length) {
      signal.throwIfAborted();
      next += 1;
      await judge(next - 1);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));

  const failed = judged.filter(({ verdict }) => verdict.verdict === 'error');
  return {
    ...measure(judged, options),
    errors: failed.length,
    error_reasons: [...new Set(failed.map(({ verdict }) => verdict.reason))].slice(0, 3),
    ...timesOf(times),
    usage,
  };
}

function decidedBy(verdict: Verdict, min: number): Verdict {
  return verdict.verdict === 'error' ? verdict : { ...verdict, verdict: verdict.score + 1e-9 >= min ? 'pass' : 'fail' };
}

function parsed(check: AnyCheck, params: { readonly [name: string]: Json }, id: string): unknown {
  const result = check.params.safeParse(params);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new TelosError(
    'CHECK_PARAMS_INVALID',
    `The parameters of ${check.name} do not fit (row ${id}): ${at}${issue?.message ?? 'unknown'}.`,
    { next: `See \`telos checks ${check.name}\`; give them by --with name=value.` },
  );
}

/** Names of the parameters that a check takes, whatever its schema is wrapped in. */
function parameterNames(check: AnyCheck): ReadonlySet<string> {
  const names = new Set<string>();
  const schemas: unknown[] = [z.toJSONSchema(check.params, { io: 'input', unrepresentable: 'any' })];
  for (let schema = schemas.pop(); schema !== undefined; schema = schemas.pop()) {
    if (typeof schema !== 'object' || schema === null) continue;
    if ('properties' in schema) for (const name of Object.keys(schema.properties ?? {})) names.add(name);
    for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
      const parts: unknown = key in schema ? (schema as { readonly [key: string]: unknown })[key] : undefined;
      if (Array.isArray(parts)) schemas.push(...(parts as readonly unknown[]));
    }
  }
  return names;
}

function timesOf(times: readonly number[]): Pick<Calibration, 'ms_per_row_p50' | 'ms_per_row_p99'> {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
  return { ms_per_row_p50: at(0.5), ms_per_row_p99: at(0.99) };
}
