import type { BudgetSpec, Json } from '@telos/core';
import { defined } from '../text/defined.ts';
import { durationMs } from '../text/duration.ts';
import { fieldOf, isObject, textField } from '../text/json-shape.ts';
import { sizeOf } from '../text/size.ts';

/** Reads a budget. What is malformed is left out: the document schema has reported it. */
export function budgetOf(written: Json | undefined): BudgetSpec | undefined {
  if (!isObject(written)) return undefined;
  const usd = fieldOf(written, 'usd');
  return defined({
    usd: typeof usd === 'number' ? usd : undefined,
    tokens: countOf(fieldOf(written, 'tokens')),
    wallMs: durationMs(textField(written, 'wall') ?? ''),
    calls: countOf(fieldOf(written, 'calls')),
    onExceeded: fieldOf(written, 'on_exceeded') === 'pause' ? ('pause' as const) : ('fail' as const),
  });
}

/** A number of something, `60k` among others; undefined when it is none. */
export function countOf(written: Json | undefined): number | undefined {
  if (typeof written === 'number') return written;
  return typeof written === 'string' ? sizeOf(written) : undefined;
}
