import { randomBytes } from 'node:crypto';
import { mostForeignSpans } from '@telos/core';
import type { ForeignSpan } from '@telos/core';
import { expect } from 'vitest';
import { reopened } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

const aTrace = (): string => randomBytes(16).toString('hex');

function aSpan(trace: string, more: Partial<ForeignSpan> = {}): ForeignSpan {
  return {
    trace,
    id: randomBytes(8).toString('hex'),
    service: 'crm',
    name: 'GET /customers',
    kind: 'server',
    startedAt: 1000,
    endedAt: 2000,
    status: 'unset',
    attributes: { 'http.route': '/customers', odd: '\u0000\ud800' },
    ...more,
  };
}

export function foreignSpanTests(test: StoreTest): void {
  test('keeps spans of other services by trace, in the order of their beginnings, also when it is opened again', async (opened) => {
    const trace = aTrace();
    const late = aSpan(trace, { startedAt: 1500.25, status: 'error', message: 'it broke' });
    const early = aSpan(trace, { parent: late.id });
    expect(await opened.store.spans.put([late, early, aSpan(aTrace())], 1)).toBe(0);
    const store = await reopened(opened);
    expect(await store.spans.of(trace)).toEqual([early, late]);
    expect(await store.spans.of(aTrace())).toEqual([]);
  });

  test('keeps a span that is told again once, as it was told last', async ({ store }) => {
    const span = aSpan(aTrace());
    await store.spans.put([span], 1);
    await store.spans.put(
      [
        { ...span, name: 'second' },
        { ...span, name: 'third' },
      ],
      2,
    );
    expect(await store.spans.of(span.trace)).toEqual([{ ...span, name: 'third' }]);
  });

  test('keeps so many spans of one trace, and says how many it did not', async ({ store }) => {
    const trace = aTrace();
    const many = Array.from({ length: mostForeignSpans - 1 }, () => aSpan(trace));
    expect(await store.spans.put(many, 1)).toBe(0);
    const other = aSpan(aTrace());
    expect(await store.spans.put([aSpan(trace), aSpan(trace), other, aSpan(trace)], 1)).toBe(2);
    expect(await store.spans.of(trace)).toHaveLength(mostForeignSpans);
    expect(await store.spans.of(other.trace)).toEqual([other]);
    expect(await store.spans.put(many.slice(0, 1), 1)).toBe(0);
  });

  test('removes spans that were put long ago, in batches', async ({ store }) => {
    const trace = aTrace();
    const young = aSpan(trace);
    await store.spans.put([aSpan(trace), aSpan(trace)], -10);
    await store.spans.put([young], 10);
    expect(await store.spans.removeBefore(0, 1)).toBe(1);
    while ((await store.spans.removeBefore(0, 100)) > 0);
    expect(await store.spans.of(trace)).toEqual([young]);
  });
}
