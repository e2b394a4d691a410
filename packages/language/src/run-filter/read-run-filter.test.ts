import type { RunFilter, RunPredicate } from '@telos/core';
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

  it.each<[string, RunFilter]>([
    ['status == "failed" || status == "cancelled"', { status: ['failed', 'cancelled'] }],
    ['!(status in ["failed", "cancelled", "succeeded"])', { status: ['pending', 'running', 'waiting', 'paused'] }],
  ])('finds by an index what can be: %s', (source, filter) => {
    expect(readRunFilter(source, now)).toEqual({ ok: true, filter });
  });

  const failed: RunPredicate = { test: 'among', field: 'status', values: ['failed'] };
  it.each<[string, RunPredicate]>([
    ['score < 0.7', { test: 'compared', field: 'score', how: '<', with: 0.7 }],
    ['0.7 > score', { test: 'compared', field: 'score', how: '<', with: 0.7 }],
    ['cost < 1', { test: 'compared', field: 'usd', how: '<', with: 1 }],
    ['tokens != 0', { test: 'not', of: { test: 'compared', field: 'tokens', how: '==', with: 0 } }],
    ['score == null', { test: 'not', of: { test: 'has', field: 'score' } }],
    ['ended_at != null', { test: 'has', field: 'endedAt' }],
    ['!(score >= 0.7)', { test: 'not', of: { test: 'compared', field: 'score', how: '>=', with: 0.7 } }],
    ['!!(calls > 3)', { test: 'compared', field: 'calls', how: '>', with: 3 }],
    ['workflow in ["brief", "report"]', { test: 'among', field: 'workflow', values: ['brief', 'report'] }],
    ['workflow.startsWith("brief")', { test: 'begins', field: 'workflow', text: 'brief' }],
    ['ended_at < now() - duration("1h")', { test: 'compared', field: 'endedAt', how: '<', with: now - 3_600_000 }],
    [
      'status == "failed" || cost >= 1 || "a" in tags',
      {
        test: 'any',
        of: [failed, { test: 'compared', field: 'usd', how: '>=', with: 1 }, { test: 'tagged', tag: 'a' }],
      },
    ],
  ])('has the store look at runs for the rest: %s', (source, where) => {
    expect(readRunFilter(source, now)).toEqual({ ok: true, filter: { where } });
  });

  it('has it look at no more of them than an index leaves', () => {
    expect(readRunFilter('workflow == "brief" && score < 0.7 && "a" in tags && "b" in tags', now)).toEqual({
      ok: true,
      filter: {
        workflow: 'brief',
        tag: 'a',
        where: {
          test: 'all',
          of: [
            { test: 'compared', field: 'score', how: '<', with: 0.7 },
            { test: 'tagged', tag: 'b' },
          ],
        },
      },
    });
    expect(readRunFilter('error.code == "TOOL_TIMEOUT"', now)).toEqual({
      ok: true,
      filter: { status: ['failed'], where: { test: 'among', field: 'errorCode', values: ['TOOL_TIMEOUT'] } },
    });
  });

  it('takes a run that goes on to last until now', () => {
    expect(readRunFilter('duration > duration("5m")', now)).toEqual({
      ok: true,
      filter: {
        where: {
          test: 'any',
          of: [
            { test: 'compared', field: 'duration', how: '>', with: 300_000 },
            {
              test: 'all',
              of: [
                { test: 'not', of: { test: 'has', field: 'endedAt' } },
                { test: 'compared', field: 'startedAt', how: '<', with: now - 300_000 },
              ],
            },
          ],
        },
      },
    });
  });

  it.each<[string, number, string]>([
    ['statsu == "failed"', 0, 'did you mean `status`'],
    ['status == "exploded"', 10, 'there is no status exploded'],
    ['cost > "much"', 7, 'US dollars'],
    ['cost > -1', 7, 'US dollars'],
    ['score.startsWith("x")', 0, '`contains`'],
    ['error.message == "x"', 0, '`error.message`'],
    ['status == "failed" || scoer > 0.5', 22, 'did you mean `score`'],
    ['score > "high" || cost > 1', 8, 'a number'],
    ['duration > 5', 11, 'duration("5m")'],
    ['workflow > "a"', 0, 'workflow == "brief"'],
    ['cost > 1 ? true : false', 0, 'comparisons'],
    ['tags == null', 0, '"nightly" in tags'],
    ['size(tags) > 1', 0, 'a field of the run'],
    ['status == null || workflow in []', 30, 'expected a list'],
    ['created_at > "yesterday"', 13, 'timestamp('],
    ['workflow.matches("^(a+)+$")', 0, '`startsWith`'],
    ['workflow == "a" && workflow == "b"', 19, 'asked to be a already'],
    ['status == "failed" && status == "paused"', 22, 'no run has'],
    ['status == ', 10, ''],
    ['', 0, 'empty'],
  ])('is refused at its place where a run cannot be asked that: %s', (source, offset, message) => {
    const read = readRunFilter(source, now);
    expect(read).toEqual({ ok: false, offset: expect.any(Number), message: expect.stringContaining(message) });
    if (source !== 'status == ') expect(read).toMatchObject({ offset });
  });

  it('cannot ask for something else than is asked besides', () => {
    const read = readRunFilter('workflow == "theirs"', now, { workflow: 'ours' });
    expect(read).toMatchObject({ ok: false, message: expect.stringContaining('ours') });
  });
});
