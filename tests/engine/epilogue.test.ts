/** What follows a run's own steps: undoing, `catch`, `finally`; once each, whoever owns the run, and however often it is cancelled. */
import { TelosError } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, untilAborted } from './engine.ts';
import type { Act, Engine, EngineOptions } from './engine.ts';
import { agreeable, createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const undo = (id: string): string =>
  `{ id: ${id}, uses: act, compensate: { uses: undo, with: { of: "\${{ steps.${id}.output }}" } } }`;
const saga = (more = 'uses: fail'): string => `
telos: 1
id: t
steps:
  - ${undo('a')}
  - id: each
    foreach: "\${{ [1, 2] }}"
    steps: [${undo('b')}]
  - id: again
    loop: { max: 2, next: {} }
    steps: [${undo('c')}]
  - { id: last, ${more} }
catch:
  - match: [timeout]
    steps: [{ id: never, uses: note }]
  - steps: [{ id: caught, uses: note, with: { code: "\${{ error.code }}", status: "\${{ steps.last.status }}" } }]
finally:
  - { id: done, uses: note, with: { of: "\${{ steps.a.output }}" } }
`;

type Log = string[];

function toolsOf(log: Log, more: EngineOptions['tools'] = {}): EngineOptions {
  return {
    tools: {
      act: (_, { path }) => (log.push(`do ${path}`), path),
      undo: ({ of }, { path }) => (log.push(`undo ${String(of)} at ${path}`), null),
      note: (input, { path }) => (log.push(`${path} ${JSON.stringify(input)}`), null),
      fail: () => Promise.reject(new TelosError('OUTPUT_INVALID', 'as the test wants')),
      ...more,
    },
  };
}

const undone = ['again#2.c', 'again#1.c', 'each[1].b', 'each[0].b', 'a'].map(
  (path) => `undo ${path} at ${path}/compensate`,
);
const didAll = ['a', 'each[0].b', 'each[1].b', 'again#1.c', 'again#2.c'].map((path) => `do ${path}`);

async function cancel(engine: Engine, run: string, id: string): Promise<void> {
  await engine.store.inbox.post(run, { id, kind: 'cancel', reason: 'enough' });
}

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

describe('a run that fails', () => {
  it('undoes what succeeded in reverse order, in lists and loops too, then catches, then does what is done at last', async () => {
    const log: Log = [];
    const engine = await stage.open(toolsOf(log));
    const state = await engine.run(saga());
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_INVALID', path: 'last' } });
    expect(log).toEqual([
      ...didAll,
      ...undone,
      'catch[1].caught {"code":"OUTPUT_INVALID","status":"failed"}',
      'finally.done {"of":"a"}',
    ]);
  });

  it('keeps its own error when undoing or `finally` fails too, and undoes the rest', async () => {
    const log: Log = [];
    const engine = await stage.open(
      toolsOf(log, {
        undo: ({ of }) => (log.push(`undo ${String(of)}`), Promise.reject(new Error('cannot be undone'))),
        note: () => Promise.reject(new Error('cannot be told')),
      }),
    );
    const state = await engine.run(saga());
    expect(state.phase).toMatchObject({ error: { code: 'OUTPUT_INVALID' } });
    expect(log.filter((line) => line.startsWith('undo'))).toHaveLength(5);
  });

  it('does each of that once, wherever its owner dies, and ends the same', async () => {
    const log: Log = [];
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        log.length = 0;
        const run = await first.start(saga());
        await first.clock.advance(1000);
        const next = await afterDeath();
        const state = await driven(next, run);
        expect(state.phase, which).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_INVALID', path: 'last' } });
        const events = await next.events(run);
        for (const path of ['a/compensate', 'again#2.c/compensate', 'catch[1].caught', 'finally.done'])
          expect(
            events.filter((event) => event.type === 'step.succeeded' && event.path === path),
            `${which} ${path}`,
          ).toHaveLength(1);
        expect(
          events.filter(({ type }) => type === 'run.ending'),
          which,
        ).toHaveLength(1);
      },
      () => toolsOf(log),
    );
    expect(deaths).toBeGreaterThan(20);
  });
});

describe('a run that succeeds', () => {
  it('undoes nothing, and does what is done at last', async () => {
    const log: Log = [];
    const engine = await stage.open(toolsOf(log));
    const state = await engine.run(saga('uses: act'));
    expect(state.phase.status).toBe('succeeded');
    expect(log).toEqual([...didAll, 'do last', 'finally.done {"of":"a"}']);
  });

  it('waits in `finally` as anywhere, and holds nothing meanwhile', async () => {
    const log: Log = [];
    const engine = await stage.open(toolsOf(log));
    const run = await engine.start(
      'telos: 1\nid: t\nsteps: [{ id: a, uses: act }]\nfinally: [{ id: ok, approve: { show: "${{ steps.a.output }}" } }, { id: b, uses: note }]',
    );
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    const next = await stage.another(engine);
    expect((await driven(next, run)).phase.status).toBe('succeeded');
    expect(log).toEqual(['do a', 'finally.b {}']);
  });
});

describe('a run that is cancelled', () => {
  /** A run that hangs in its last step, and whose undoing hangs at the first. */
  async function hanging(
    log: Log,
  ): Promise<{ readonly engine: Engine; readonly run: string; readonly undoing: Promise<void> }> {
    const stuck = createLatch();
    const undoing = createLatch();
    const engine = await stage.open(
      toolsOf(log, {
        hang: (_, { signal }) => (stuck.open(), untilAborted(signal)),
        undo: ({ of }, { signal }) => {
          log.push(`undo ${String(of)}`);
          if (of !== 'again#2.c') return null;
          undoing.open();
          return untilAborted(signal);
        },
      }),
    );
    const run = await engine.start(saga('uses: hang'));
    await stuck.reached;
    return { engine, run, undoing: undoing.reached };
  }

  it('undoes what succeeded and does what is done at last, and catches nothing', async () => {
    const log: Log = [];
    const stuck = createLatch();
    const engine = await stage.open(toolsOf(log, { hang: (_, { signal }) => (stuck.open(), untilAborted(signal)) }));
    const run = await engine.start(saga('uses: hang'));
    await stuck.reached;
    await cancel(engine, run, 'c');
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(log).toEqual([...didAll, ...undone, 'finally.done {"of":"a"}']);
  });

  it('undoes each step once, the last first, and does what is done at last, wherever its owner dies', async () => {
    const log: Log = [];
    const hang: Act = (_, { signal }) => untilAborted(signal);
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        log.length = 0;
        const run = await first.start(saga('uses: hang'));
        await settle(first);
        await cancel(first, run, 'c');
        await settle(first);
        const next = await afterDeath();
        const state = await driven(next, run);
        expect(state.phase, which).toMatchObject({ status: 'cancelled', reason: 'enough' });
        const events = await next.events(run);
        const ended = events.findIndex(({ type }) => type === 'run.ending');
        const succeeded = (from: number, to?: number): readonly string[] =>
          events.slice(from, to).flatMap((event) => (event.type === 'step.succeeded' ? [event.path] : []));
        const did = succeeded(0, ended).filter((path) => didAll.includes(`do ${path}`));
        const after = succeeded(ended).filter((path) => path.endsWith('/compensate') || path.startsWith('finally.'));
        expect(after, which).toEqual([...did.toReversed().map((path) => `${path}/compensate`), 'finally.done']);
        expect(
          log.some((line) => line.startsWith('catch')),
          which,
        ).toBe(false);
      },
      () => toolsOf(log, { hang }),
    );
    expect(deaths).toBeGreaterThan(20);
  });

  it('a second time skips what is left of that, and aborts what is under way of it', async () => {
    const log: Log = [];
    const { engine, run, undoing } = await hanging(log);
    await cancel(engine, run, 'c1');
    await undoing;
    await cancel(engine, run, 'c2');
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(log).toEqual([...didAll, 'undo again#2.c']);
    expect(state.steps.get('again#2.c/compensate')).toMatchObject({ status: 'cancelled' });
  });

  it('by the same message once more is cancelled once: what succeeded is still undone', async () => {
    const log: Log = [];
    const { engine, run, undoing } = await hanging(log);
    await cancel(engine, run, 'c1');
    await undoing;
    await cancel(engine, run, 'c1');
    await settle(engine);
    expect(await engine.store.inbox.pending(run)).toEqual([]);
    expect((await engine.events(run)).some(({ type }) => type === 'run.cancelled')).toBe(false);
    await cancel(engine, run, 'c2');
    await engine.ended(run);
  });

  it('twice before what is under way has been aborted skips all that would follow', async () => {
    const log: Log = [];
    const { engine, run } = await hanging(log);
    await Promise.all([cancel(engine, run, 'c1'), cancel(engine, run, 'c2')]);
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    expect(log).toEqual(didAll);
  });

  it('twice is cancelled twice also for the next owner, wherever the first dies', async () => {
    const log: Log = [];
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        log.length = 0;
        const run = await first.start(
          `telos: 1\nid: t\nsteps:\n  - ${undo('a')}\n  - ${undo('b')}\n  - { id: c, uses: hang }\n`,
        );
        await settle(first);
        await cancel(first, run, 'c1');
        await settle(first);
        await cancel(first, run, 'c2');
        await settle(first);
        const settled = (await first.store.inbox.pending(run).catch(() => [])).length === 0;
        const next = await afterDeath();
        const state = await driven(next, run);
        expect(state.phase, which).toMatchObject({ status: 'cancelled' });
        // Whoever took the second cancellation, the first step to be undone is as far as it came.
        expect(
          log.filter((line) => line === 'undo a'),
          `${which} ${settled}`,
        ).toEqual([]);
      },
      () =>
        toolsOf(log, {
          hang: (_, { signal }) => untilAborted(signal),
          undo: ({ of }, { signal }) => (log.push(`undo ${String(of)}`), of === 'b' ? untilAborted(signal) : null),
        }),
    );
    expect(deaths).toBeGreaterThan(5);
  });

  it('while it waits is taken up at once, undoes, and ends', async () => {
    const log: Log = [];
    const engine = await stage.open(toolsOf(log));
    const run = await engine.start(saga('wait: { for: 1d }'));
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await settle(engine);
    await cancel(engine, run, 'c');
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    expect(log).toEqual([...didAll, ...undone, 'finally.done {"of":"a"}']);
  });

  it('never changes its end: what is said to it later is refused', async () => {
    const log: Log = [];
    const engine = await stage.open(toolsOf(log));
    const run = await engine.start(saga('wait: { for: 1d }'));
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await cancel(engine, run, 'c');
    await engine.ended(run);
    const before = (await engine.events(run)).length;
    for (const kind of ['pause', 'resume'] as const)
      await expect(engine.store.inbox.post(run, { id: kind, kind })).rejects.toMatchObject({ code: 'RUN_FINISHED' });
    await engine.ring(run);
    await settle(engine);
    expect(await engine.events(run)).toHaveLength(before);
  });
});

describe('what undoes an effect that must not happen twice', () => {
  it('is in doubt when its process dies in the middle, and a person has the last word', async () => {
    const stuck = createLatch();
    const calls: string[] = [];
    const options = toolsOf([], {
      undo: {
        effect: 'irreversible',
        run: async (_input, { path, signal }) => {
          calls.push(path);
          stuck.open();
          return untilAborted(signal);
        },
      },
    });
    const first = await stage.open(options);
    const run = await first.start(`telos: 1\nid: t\nsteps:\n  - ${undo('a')}\n  - { id: b, uses: fail }\n`);
    await stuck.reached;
    await stage.die(first);
    const next = await stage.another(first);
    const state = await driven(next, run, (wait) => {
      expect(wait).toMatchObject({ kind: 'in_doubt', path: 'a/compensate' });
      return agreeable(wait);
    });
    expect(calls).toEqual(['a/compensate']);
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_INVALID' } });
  });
});
