/** Failures beside the promise of a tool or a check: they belong to the step in whose course they were set going. */
import { claimStray } from '@telos/executor/strays';
import type { Stray } from '@telos/executor/strays';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

/** Asks, later and in the course of whoever calls it, whose a failure is: as the process does. */
function strayLater(message: string): Promise<Stray | undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(claimStray(new Error(message)))));
}

const one = 'telos: 1\nid: t\nsteps: [{ id: a, uses: act }]\noutputs: { a: "${{ steps.a.output }}" }';

describe('a stray failure', () => {
  it('of a tool fails its step, which never answers, and leaves the others alone', async () => {
    const strays: (Stray | undefined)[] = [];
    engine = await openEngine({
      tools: {
        act: ({ n }) => {
          if (n !== 1) return n ?? null;
          void strayLater('thrown in a timer').then((stray) => strays.push(stray));
          return new Promise(() => {});
        },
      },
    });
    const state = await engine.run(
      'telos: 1\nid: t\nsteps:\n  - { id: each, foreach: "${{ [1, 2] }}", as: n, on_item_error: collect, steps: [{ id: a, uses: act, with: { n: "${{ n }}" } }] }\noutputs: { each: "${{ steps.each.output }}" }',
    );
    expect(outputsOf(state)).toMatchObject({
      each: [{ error: { code: 'TOOL_FAILED', path: 'each[0].a', message: 'thrown in a timer' } }, 2],
    });
    expect(strays).toEqual([{ run: state.id, path: 'each[0].a', attempt: 1, fails: true }]);
  });

  it('that comes after its step has ended fails nothing, and is still known to be its', async () => {
    const told = createLatch();
    let stray: Stray | undefined;
    engine = await openEngine({
      tools: {
        act: () => {
          setTimeout(() => {
            stray = claimStray(new Error('late'));
            told.open();
          }, 50);
          return 1;
        },
      },
    });
    const state = await engine.run(one);
    await told.reached;
    expect(outputsOf(state)).toEqual({ a: 1 });
    expect(stray).toEqual({ run: state.id, path: 'a', attempt: 1, fails: false });
  });

  it('counts once: the second of a step finds it failed already', async () => {
    const second = createLatch();
    let stray: Stray | undefined;
    engine = await openEngine({
      tools: {
        act: () => {
          void strayLater('first').then(async () => {
            stray = await strayLater('second');
            second.open();
          });
          return new Promise(() => {});
        },
      },
    });
    expect((await engine.run(one)).phase).toMatchObject({ error: { message: 'first' } });
    await second.reached;
    expect(stray).toMatchObject({ path: 'a', fails: false });
  });

  it('of a check fails the step whose output it judges', async () => {
    engine = await openEngine({
      tools: { act: () => 1 },
      checks: {
        odd: () => {
          void strayLater('a check threw');
          return new Promise(() => {});
        },
      },
    });
    const state = await engine.run('telos: 1\nid: t\nsteps: [{ id: a, uses: act, gate: { checks: [{ odd: {} }] } }]');
    expect(state.phase).toMatchObject({ error: { code: 'TOOL_FAILED', path: 'a', message: 'a check threw' } });
  });

  it('of what a tool has the engine record is not of its step', async () => {
    let stray: Promise<Stray | undefined> = Promise.resolve(undefined);
    engine = await openEngine({
      tools: {
        act: (_, { record }) => {
          record({ kind: 'tool', name: 'x', startedAt: 0, ms: 1, input: null });
          return 1;
        },
      },
    });
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    journal.append = (lease, after, events, settles) => {
      if (events.some(({ type }) => type === 'call.finished')) stray = strayLater('in the store');
      return append(lease, after, events, settles);
    };
    await engine.run(one);
    expect(await stray).toBeUndefined();
  });

  it('of nobody is claimed by no step', async () => {
    engine = await openEngine();
    expect(await strayLater('ours')).toBeUndefined();
  });
});
