import { openSqliteStore } from '@telos/driver-sqlite';
import { anOwnedRun, runStarted, stepFailed, stepStarted, stepSucceeded } from '@telos/testkit';
import type { RunEvent, Store } from '@telos/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEngineMetrics } from './engine-metrics.ts';
import type { EngineMetrics } from './engine-metrics.ts';

let inner: Store;
let store: Store;
let metrics: EngineMetrics;
beforeEach(async () => {
  inner = await openSqliteStore({ path: ':memory:' });
  metrics = createEngineMetrics();
  store = metrics.watch(inner);
});
afterEach(() => inner.close());

const chat: RunEvent = {
  type: 'call.finished',
  at: 1500,
  path: 'a',
  attempt: 1,
  index: 0,
  call: {
    kind: 'chat',
    name: 'openai/"m"',
    startedAt: 1000,
    ms: 500,
    input: { value: '' },
    usage: { input_tokens: 10, output_tokens: 4, usd: 0.25, ms: 500, calls: 1 },
  },
};
const gate = {
  passed: true,
  score: 1,
  attempts: 1,
  verdicts: [{ check: 'short', uses: 'length', score: 1, verdict: 'pass', reason: 'short' }],
} as const;

describe('the numbers of an engine', () => {
  it('say how long runs and steps took, what calls cost, and what checks said, once it is stored', async () => {
    const lease = await anOwnedRun(store);
    await store.journal.append(lease, 1, [
      runStarted({ at: 1000 }),
      stepStarted('a', { at: 1000 }),
      chat,
      { ...stepSucceeded('a', null, { at: 1600 }), gate: { ...gate, verdicts: [...gate.verdicts] } },
      stepStarted('b', { at: 1600 }),
      stepFailed('b', { at: 1700 }),
      { type: 'run.failed', at: 3000, error: { code: 'TOOL_FAILED', kind: 'terminal', message: '' } },
    ]);
    const text = metrics.lines().join('\n');
    for (const line of [
      'telos_run_duration_seconds_sum{status="failed"} 2',
      'telos_run_duration_seconds_bucket{status="failed",le="1"} 0',
      'telos_run_duration_seconds_bucket{status="failed",le="5"} 1',
      'telos_step_duration_seconds_sum{outcome="succeeded"} 0.6',
      'telos_step_duration_seconds_count{outcome="failed"} 1',
      'telos_attempts_failed_total{code="TOOL_FAILED"} 1',
      'telos_call_duration_seconds_sum{kind="chat",name="openai/\\"m\\"",outcome="ok"} 0.5',
      'telos_tokens_total{model="openai/\\"m\\"",direction="input"} 10',
      'telos_usd_total{model="openai/\\"m\\""} 0.25',
      'telos_checks_total{check="length",verdict="pass"} 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).not.toContain('telos_lease_losses_total');
  });

  it('count a run that was taken over as lost, and nothing of what it would have added', async () => {
    const lease = await anOwnedRun(store, {}, 'first', 0);
    await store.leases.acquire(lease.run, 'second', 60_000);
    await expect(store.journal.append(lease, 1, [runStarted(), chat])).rejects.toMatchObject({ code: 'STALE_OWNER' });
    const lines = metrics.lines();
    expect(lines).toContain('telos_lease_losses_total 1');
    expect(lines.join()).not.toContain('telos_tokens_total');
  });

  it('keep no more series apart than a reader can bear', async () => {
    const lease = await anOwnedRun(store);
    const calls = Array.from({ length: 700 }, (_, index): RunEvent => ({
      ...chat,
      index,
      call: { ...chat.call, name: `openai/m${index}` },
    }));
    await store.journal.append(lease, 1, [runStarted(), ...calls]);
    const lines = metrics.lines().filter((line) => line.startsWith('telos_usd_total'));
    expect(lines).toHaveLength(501);
    expect(lines).toContain('telos_usd_total{model="other"} 50');
  });
});
