import type { RunFilter, RunStatus, RunSummary, Store } from '@telos/core';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFailed, runStarted, runSucceeded, stepSucceeded, usageOf } from '../builders/events.ts';
import { aRunId, anOwnedRun } from '../builders/runs.ts';
import { anyPredicate, fitsPredicate } from './run-searches.ts';

const workflows = ['brief', 'brief_long', 'report', 'dead_beef'];
const tags = ['prod', 'Test', 'cafe', 'ÜBER%_'];
const priorities = ['high', 'normal', 'low'] as const;
const codes = ['TOOL_FAILED', 'GATE_FAILED'];
const aForked = aRunId();
const words = [
  ...workflows,
  ...tags,
  ...codes,
  'sales',
  'high',
  'failed',
  'terminal',
  aForked,
  'NO',
  '%',
  'brief_',
  '-7',
  'rt',
];
const amounts = [0, 0.25, 0.5, 3 / 7, 1, 4, 50, 105, 112, 130, 14.9, 99, 1e12];

/** What the filter means, in the plainest words. */
function fits(run: RunSummary, filter: RunFilter): boolean {
  const text = filter.text?.toLowerCase() ?? '';
  return (
    (filter.status?.includes(run.status) ?? true) &&
    (filter.workflow === undefined || run.workflow === filter.workflow) &&
    (filter.namespace === undefined || run.namespace === filter.namespace) &&
    (filter.tag === undefined || run.tags.includes(filter.tag)) &&
    run.createdAt >= (filter.since ?? -Infinity) &&
    run.createdAt < (filter.until ?? Infinity) &&
    run.usage.usd >= (filter.minUsd ?? 0) &&
    [run.id, run.workflow, ...run.tags].some((name) => name.toLowerCase().includes(text)) &&
    (filter.where === undefined || fitsPredicate(run, filter.where))
  );
}

/**
 * Holds the filters of runs against the plainest reading of them.
 *
 * @param open Gives an empty store, closed when its tests have run.
 */
export function describeRunFilters(open: () => Promise<Store>): void {
  describe('a filter of runs', () => {
    let store: Store;
    let everything: readonly RunSummary[];

    beforeAll(async () => {
      store = await open();
      for (let index = 0; index < 150; index += 1) {
        const at = 100 + ((index * 7) % 40);
        const own = tags.filter((_, bit) => ((index >> bit) & 1) === 1);
        const place = { namespace: index % 3 === 0 ? 'sales' : 'default', priority: priorities[index % 3] ?? 'normal' };
        const fork = index % 11 === 0 ? { fork: { run: aForked, from: [], sideEffects: 'deny' as const } } : {};
        const created = { at, workflow: workflows[index % 4] ?? '', tags: own, ...place, ...fork };
        const lease = await anOwnedRun(store, { id: aRunId(at * 2 ** 20), created });
        const startedAt = 100 + (index % 13);
        const gate = { passed: true, score: (index % 8) / 7, verdicts: [], attempts: 1 };
        const usage = usageOf({ usd: index / 10, input_tokens: index, output_tokens: index % 9, calls: index % 4 });
        if (index % 5 > 0) await store.journal.append(lease, 1, [runStarted({ at: startedAt })]);
        if (index % 5 > 1)
          await store.journal.append(lease, 2, [
            stepSucceeded('a', 1, { usage, ...(index % 2 === 0 ? { gate } : {}) }),
            ...(index % 4 === 0 ? [stepSucceeded('b', 1, { gate: { ...gate, score: 0.5 } })] : []),
          ]);
        const after = index % 4 === 0 && index % 5 > 1 ? 4 : 3;
        const error = {
          code: codes[index % 2] ?? '',
          kind: 'terminal',
          message: 'It "code":"NO" \u0000\ud800',
        } as const;
        const ended = index % 5 === 3 ? runFailed({ at: 112 + index, error }) : runSucceeded(null, { at: 112 + index });
        if (index % 5 > 2) await store.journal.append(lease, after, [ended]);
      }
      everything = (await store.runs.list({}, 200)).items;
    });
    afterAll(() => store.close());

    const status = fc.constantFrom<RunStatus>('pending', 'running', 'waiting', 'succeeded', 'failed');
    const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
    const anyFilter = fc
      .record({
        status: optional(fc.array(status, { maxLength: 3 })),
        workflow: optional(fc.constantFrom(...workflows, 'unknown')),
        namespace: optional(fc.constantFrom('default', 'sales', 'unknown')),
        tag: optional(fc.constantFrom(...tags, 'unknown')),
        since: optional(fc.integer({ min: 95, max: 145 })),
        until: optional(fc.integer({ min: 95, max: 145 })),
        minUsd: optional(fc.constantFrom(0, 0.5, 5, 14.9, 99)),
        text: optional(
          fc.oneof(
            fc.constantFrom('', 'BRIEF', 'e', 'a', 'f-', '-7', 'über', '%', '_', "'", 'no such'),
            // A piece of some id, from anywhere within it.
            fc.tuple(fc.nat(149), fc.nat(35), fc.nat(36)).map(([index, from, length]) => ({ index, from, length })),
          ),
        ),
      })
      .map(({ text, ...rest }) => ({ ...rest, text }));

    it('looks at runs one by one for what no index answers, says where a page paused, and misses and repeats none', async () => {
      const search = fc.record({
        where: anyPredicate(words, amounts),
        looks: fc.constantFrom(undefined, 7, 60, 150, 151),
        status: optional(fc.array(status, { minLength: 1, maxLength: 3 })),
        tag: optional(fc.constantFrom(...tags)),
        minUsd: optional(fc.constantFrom(0, 5)),
      });
      await fc.assert(
        fc.asyncProperty(search, fc.integer({ min: 1, max: 60 }), async (given, limit) => {
          const filter = Object.fromEntries(
            Object.entries(given).filter(([, value]) => value !== undefined),
          ) as RunFilter; // the same fields, less those that are undefined
          const expected = everything.filter((run) => fits(run, filter));
          const found: RunSummary[] = [];
          let cursor: string | undefined;
          do {
            const page = await store.runs.list(filter, limit, cursor);
            found.push(...page.items);
            if (page.items.length < limit && page.next !== undefined)
              expect(page.paused?.looked).toBe(filter.looks ?? 20_000);
            else expect(page.items.length === limit || page.paused === undefined).toBe(true);
            cursor = page.next;
          } while (cursor !== undefined);
          expect(found).toEqual(expected);
          expect(await store.runs.count(filter)).toBe(expected.length);
        }),
        { numRuns: 100 },
      );
    });

    it('finds and counts what the plainest reading of it finds, newest first, in pages of any size', async () => {
      await fc.assert(
        fc.asyncProperty(anyFilter, fc.integer({ min: 1, max: 60 }), async ({ text, ...rest }, limit) => {
          const piece =
            typeof text === 'object' ? everything[text.index]?.id.slice(text.from, text.from + text.length) : text;
          const given = Object.entries({ ...rest, text: piece }).filter(([, value]) => value !== undefined);
          const filter = Object.fromEntries(given) as RunFilter; // the same fields, less those that are undefined
          const expected = everything.filter((run) => fits(run, filter));
          const found: RunSummary[] = [];
          let cursor: string | undefined;
          do {
            const page = await store.runs.list(filter, limit, cursor);
            found.push(...page.items);
            cursor = page.next;
          } while (cursor !== undefined);
          expect(found).toEqual(expected);
          expect(await store.runs.count(filter)).toBe(expected.length);
        }),
        { numRuns: 400 },
      );
    });
  });

  describe('a text that stands in hundreds of names', () => {
    it('finds all their runs', async () => {
      const store = await open();
      for (let index = 0; index < 450; index += 1) {
        await anOwnedRun(store, {
          created: { at: index, tags: index % 2 === 0 ? [`customer_${index}`] : [`supplier_${index}`, 'x'] },
        });
      }
      await anOwnedRun(store, { created: { at: 500, workflow: 'customer_care' } });
      for (let index = 0; index < 250; index += 1)
        await anOwnedRun(store, { created: { at: 600 + index, tags: [`my_Customer_${index}`] } });
      expect(await store.runs.count({ text: 'CUSTOMER' })).toBe(225 + 1 + 250);
      const page = await store.runs.list({ text: 'customer', until: 503 }, 3);
      expect(page.items.map(({ createdAt }) => createdAt)).toEqual([500, 448, 446]);
      await store.close();
    });
  });
}
