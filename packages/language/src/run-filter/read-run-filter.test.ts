import type { RunFilter } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { nextAfter } from './next-after.ts';
import { readRunFilter } from './read-run-filter.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const day = 86_400_000;

describe('a search of runs by CEL', () => {
  it.each<[string, RunFilter]>([
    ['status == "failed"', { status: ['failed'] }],
    ['status in ["failed", "cancelled"]', { status: ['failed', 'cancelled'] }],
    ['status != "succeeded"', { status: ['pending', 'running', 'waiting', 'paused', 'failed', 'cancelled'] }],
    ['status != "failed" && status in ["failed", "paused"]', { status: ['paused'] }],
    ['workflow == "brief" && "nightly" in tags', { workflow: 'brief', tag: 'nightly' }],
    ['"brief" == workflow', { workflow: 'brief' }],
    ['fork_of == "019a"', { forkOf: '019a' }],
    ['cost >= 0.5', { minUsd: 0.5 }],
    ['0.5 <= cost && cost >= 2', { minUsd: 2 }],
    ['cost > 0', { minUsd: Number.MIN_VALUE }],
    ['created_at >= timestamp("2026-11-01T00:00:00Z")', { since: Date.parse('2026-11-01T00:00:00Z') }],
    ['created_at >= now() - duration("24h") && created_at < now()', { since: now - day, until: now }],
  ])('%s', (source, filter) => {
    expect(readRunFilter(source, now)).toEqual({ ok: true, filter });
  });

  it('leaves out the bound itself where it says so', () => {
    expect(nextAfter(0.5)).toBeGreaterThan(0.5);
    expect(readRunFilter('created_at <= now()', now)).toEqual({ ok: true, filter: { until: nextAfter(now) } });
  });

  it('holds what is asked besides', () => {
    expect(readRunFilter('status == "failed"', now, { namespace: 'research' })).toEqual({
      ok: true,
      filter: { namespace: 'research', status: ['failed'] },
    });
  });

  it.each<[string, number, string]>([
    ['status == "failed" || cost > 1', 0, 'joined with `&&`'],
    ['status == "failed" && score < 0.5', 22, '`score`'],
    ['statsu == "failed"', 0, 'did you mean `status`'],
    ['status == "exploded"', 10, 'there is no status exploded'],
    ['cost > "much"', 7, 'US dollars'],
    ['cost > -1', 7, 'US dollars'],
    ['cost < 1', 0, 'cost > 0.5'],
    ['created_at > "yesterday"', 13, 'timestamp('],
    ['workflow.matches("^(a+)+$")', 0, 'comparisons'],
    ['"a" in tags && "b" in tags', 15, 'one tag'],
    ['status == "failed" && status == "paused"', 22, 'no run has'],
    ['status == ', 10, ''],
    ['', 0, 'empty'],
  ])('is refused at its place where the store could not answer at once: %s', (source, offset, message) => {
    const read = readRunFilter(source, now);
    expect(read).toEqual({ ok: false, offset: expect.any(Number), message: expect.stringContaining(message) });
    if (source !== 'status == ') expect(read).toMatchObject({ offset });
  });

  it('cannot ask for something else than is asked besides', () => {
    const read = readRunFilter('workflow == "theirs"', now, { workflow: 'ours' });
    expect(read).toMatchObject({ ok: false, message: expect.stringContaining('ours') });
  });
});
