/** Places that runs share by a key: no more at a time than there are, each gets its turn, and none is forgotten. */
import type { EventOf } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, untilAborted } from './engine.ts';
import type { Engine } from './engine.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const places = (
  whenFull: 'queue' | 'reject' | 'replace',
  max = 1,
): { readonly created: Partial<EventOf<'run.created'>> } => ({
  created: { concurrency: { key: 'acme', max, whenFull } },
});
const act = 'telos: 1\nid: t\nsteps: [{ id: a, uses: act }]';

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await engine.clock.advance(0);
}

describe('runs that share places', () => {
  it.each([1, 2])('run no more at a time than the %i there are, each in its turn, whoever owns them', async (max) => {
    const ran: string[] = [];
    let at = 0;
    let most = 0;
    const engine = await stage.open({
      tools: {
        act: async (_, { run }) => {
          ran.push(run);
          most = Math.max(most, (at += 1));
          for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
          at -= 1;
          return 1;
        },
      },
    });
    await stage.another(engine);
    const runs: string[] = [];
    for (let n = 0; n < 12; n++) runs.push(await engine.start(act, {}, places('queue', max)));
    for (const run of runs) expect((await driven(engine, run, undefined, 1000)).phase.status).toBe('succeeded');
    expect(most).toBeLessThanOrEqual(max);
    // Two that are let in together begin in whichever order their owners take them up.
    if (max === 1) expect(ran).toEqual(runs);
    else expect(ran.toSorted()).toEqual(runs.toSorted());
  });

  it('give a place back however they end, also while they wait or nobody owns them', async () => {
    const stuck = createLatch();
    const engine = await stage.open({
      tools: {
        act: (_, { signal }) => (stuck.open(), untilAborted(signal)),
        fail: () => Promise.reject(new Error('no')),
      },
    });
    const hanging = await engine.start(act, {}, places('queue'));
    const sleeping = await engine.start('telos: 1\nid: t\nsteps: [{ id: n, wait: { for: 1d } }]', {}, places('queue'));
    const failing = await engine.start('telos: 1\nid: t\nsteps: [{ id: f, uses: fail }]', {}, places('queue'));
    const last = await engine.start('telos: 1\nid: t\nsteps: [{ id: n, wait: { for: 1s } }]', {}, places('queue'));
    await stuck.reached;
    await stage.die(engine);
    const next = await stage.another(engine, { tools: { act: () => 1, fail: () => Promise.reject(new Error('no')) } });
    expect((await driven(next, hanging)).phase.status).toBe('succeeded');
    await next.until(sleeping, ({ type }) => type === 'run.waiting');
    await settle(next);
    expect((await next.store.runs.get(failing))?.status).toBe('pending');
    await next.store.inbox.post(sleeping, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await driven(next, sleeping)).phase.status).toBe('cancelled');
    expect((await driven(next, failing)).phase.status).toBe('failed');
    expect((await driven(next, last)).phase.status).toBe('succeeded');
  });

  it('end at once when they are cancelled while they wait for their turn, and begin nothing', async () => {
    const ran: string[] = [];
    const engine = await stage.open({ tools: { act: (_, { run, signal }) => (ran.push(run), untilAborted(signal)) } });
    const first = await engine.start(act, {}, places('queue'));
    const second = await engine.start(act, {}, places('queue'));
    await settle(engine);
    await engine.store.inbox.post(second, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await driven(engine, second)).phase).toMatchObject({ status: 'cancelled' });
    expect(ran).toEqual([first]);
  });

  it('paused while they wait for their turn do not begin when it comes, and go on when they are resumed', async () => {
    const ran: string[] = [];
    const engine = await stage.open({ tools: { act: (_, { run }) => (ran.push(run), 1) } });
    const first = await engine.start('telos: 1\nid: t\nsteps: [{ id: n, wait: { for: 1m } }]', {}, places('queue'));
    const second = await engine.start(act, {}, places('queue'));
    await engine.until(first, ({ type }) => type === 'run.waiting');
    await engine.store.inbox.post(second, { id: 'p', kind: 'pause' });
    await driven(engine, first);
    await engine.clock.advance(20_000);
    await settle(engine);
    expect(await engine.store.runs.get(second)).toMatchObject({ status: 'paused' });
    expect(ran).toEqual([]);
    await engine.store.inbox.post(second, { id: 'r', kind: 'resume' });
    expect((await driven(engine, second)).phase.status).toBe('succeeded');
  });

  it('are refused when they say so, and nothing is stored of them', async () => {
    const engine = await stage.open({ tools: { act: (_, { signal }) => untilAborted(signal) } });
    await engine.start(act, {}, places('reject'));
    await expect(engine.start(act, {}, places('reject'))).rejects.toMatchObject({
      code: 'CONCURRENCY_FULL',
      kind: 'retryable',
    });
    expect(await engine.store.runs.count({})).toBe(1);
  });

  it('replaced by newer ones undo what they did, however many newer ones come meanwhile', async () => {
    const log: string[] = [];
    const undoing = createLatch();
    const go = createLatch();
    const engine = await stage.open({
      tools: {
        act: (_, { path }) => path,
        hang: (_, { signal, run }) => (run === last ? 1 : untilAborted(signal)),
        undo: async ({ of }) => {
          log.push(`undo ${String(of)}`);
          undoing.open();
          await go.reached;
          return null;
        },
      },
    });
    const undo = (id: string): string => `{ id: ${id}, uses: act, compensate: { uses: undo, with: { of: ${id} } } }`;
    const yaml = `telos: 1\nid: t\nsteps: [${undo('a')}, ${undo('b')}, { id: h, uses: hang }]`;
    let last = '';
    const first = await engine.start(yaml, {}, places('replace'));
    await engine.until(first, (event) => event.type === 'step.started' && event.path === 'h');
    const second = await engine.start(yaml, {}, places('replace'));
    await undoing.reached;
    last = await engine.start(yaml, {}, places('replace'));
    await settle(engine);
    go.open();
    expect((await driven(engine, first)).phase.status).toBe('cancelled');
    expect(log).toEqual(['undo b', 'undo a']);
    expect((await driven(engine, second)).phase.status).toBe('cancelled');
    expect((await driven(engine, last)).phase.status).toBe('succeeded');
  });

  it('are taken up in their turn also by a worker that looks for no others', async () => {
    const engine = await stage.open({ tools: { act: () => 1 }, recover: false });
    const first = await engine.start('telos: 1\nid: t\nsteps: [{ id: n, wait: { for: 1m } }]', {}, places('queue'));
    const second = await engine.start(act, {}, places('queue'));
    await settle(engine);
    expect((await driven(engine, first)).phase.status).toBe('succeeded');
    expect((await driven(engine, second)).phase.status).toBe('succeeded');
  });
});
