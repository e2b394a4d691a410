import type { Json } from '@telos/core';
import { z } from 'zod';
import { defineCheck } from '../define-check.ts';

const count = z.int().min(1).optional();
const Params = z
  .strictObject({
    max_bytes: count.describe('Of the value as JSON in UTF-8; a text counts without its quotation marks.'),
    max_characters: count.describe('Of the value as text, in UTF-16 units.'),
    max_tokens: count.describe('An estimate: a quarter of the bytes.'),
    max_items: count.describe('Of the longest list, or the object with most fields, anywhere in the value.'),
    max_depth: count.describe('Lists and objects within one another; a plain value has depth 0.'),
  })
  .refine((limits) => Object.values(limits).some((limit) => limit !== undefined), {
    message: 'give at least one limit',
  });

/** Score above a limit: the limit as a part of what there is, of the limit exceeded most. */
export const size = defineCheck<z.infer<typeof Params>>({
  name: 'size',
  description: 'How large the value may be: bytes, characters, tokens, items, depth.',
  params: Params,
  needs: 'local',
  catches: 'values that are too large',
  async score({ value, text }, limits) {
    const bytes = Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
    const { items, depth } = extentOf(value);
    const measured = { bytes, characters: text.length, tokens: Math.ceil(bytes / 4), items, depth };
    const over = Object.entries(measured).flatMap(([what, amount]) => {
      const limit = limits[`max_${what}` as keyof typeof limits]; // the limits are named for what is measured
      return limit !== undefined && amount > limit ? [{ what, amount, limit }] : [];
    });
    const [worst] = over.toSorted((left, right) => left.limit / left.amount - right.limit / right.amount);
    if (worst === undefined)
      return { score: 1, verdict: 'pass', reason: 'The value is within its limits.', evidence: measured };
    return {
      score: worst.limit / worst.amount,
      verdict: 'fail',
      reason: `The value is too large: ${over.map(({ what, amount, limit }) => `${amount} ${what === 'depth' ? 'levels' : what}, at most ${limit}`).join('; ')}.`,
      evidence: measured,
    };
  },
});

/** Walks the value without recursion: it may be as deep as JSON gets. */
function extentOf(value: Json): { readonly items: number; readonly depth: number } {
  let [items, depth] = [0, 0];
  const open: { readonly value: Json; readonly level: number }[] = [{ value, level: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    const inner = Object.values(next.value);
    items = Math.max(items, inner.length);
    depth = Math.max(depth, next.level + 1);
    for (const each of inner) open.push({ value: each, level: next.level + 1 });
  }
  return { items, depth };
}
