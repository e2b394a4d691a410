/** What nobody should do to an engine, and somebody will: each has an answer, and none costs a run. */
import { jobId, runIdOf } from '@telos/core';
import { createLocalQueue } from '@telos/driver-local';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Act } from './engine.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

describe('a job for a run that does not exist', () => {
  const nowhere = runIdOf(0, new Uint8Array(10));

  it('comes to nothing, whether it is for the run or for a step of it, and the jobs behind it are served', async () => {
    const queue = createLocalQueue();
    let calls = 0;
    const act: Act = () => ++calls;
    const engine = await stage.open({ queue, tools: { act }, concurrency: 1, recover: false });
    const step = { kind: 'step', queue: 'steps.default', run: nowhere, path: 's', attempt: 1 } as const;
    const task = { value: { program: '0', step: {}, scope: {}, idempotencyKey: 'k', labels: [], sources: {} } };
    await queue.offer([{ kind: 'run', queue: 'default', run: nowhere }, step, { ...step, attempt: 2, task }]);
    const run = await engine.start('telos: 1\nid: t\nsteps: [{ id: a, uses: act }]');
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    await engine.clock.advance(16_000);
    expect(calls).toBe(1);
    expect(engine.worker.owned).toBe(0);
    expect(await engine.store.runs.count({})).toBe(1);
    await queue.cancel([jobId(step)]);
    await queue.close();
  });
});

describe('workers whose clocks are five minutes apart', () => {
  it.each([
    [300_000, -300_000],
    [-300_000, 300_000],
    [-300_000, 0],
    [0, 300_000],
  ])('(%i ms and %i ms off) lose no run, do each step once, and take up none again and again', async (one, two) => {
    const calls: string[] = [];
    const act: Act = ({ v }, { run, path }) => {
      calls.push(`${run} ${path}`);
      return v ?? null;
    };
    const first = await stage.open({ tools: { act }, skewMs: one });
    await stage.another(first, { tools: { act }, owner: 'other', skewMs: two });
    let takes = 0;
    const acquire = first.store.leases.acquire.bind(first.store.leases);
    first.store.leases.acquire = (...given) => ((takes += 1), acquire(...given));
    const yaml = `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, with: { v: 1 } }\n  - { id: w, wait: { for: 1m } }\n  - { id: b, uses: act, with: { v: "\${{ steps.a.output }}" } }\noutputs: { b: "\${{ steps.b.output }}" }`;
    const runs = await Promise.all(Array.from({ length: 10 }, () => first.start(yaml)));
    for (const run of runs) expect(outputsOf(await driven(first, run, undefined, 10_000))).toEqual({ b: 1 });
    expect(calls.toSorted()).toEqual(runs.flatMap((run) => [`${run} a`, `${run} b`]).toSorted());
    expect(takes).toBeLessThan(10 * runs.length);
  });
});
