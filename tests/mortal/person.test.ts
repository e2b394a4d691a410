import { expect, it } from 'vitest';
import { openEngine } from '../engine/engine.ts';
import { startPerson } from './person.ts';

it('sends signals until no wait is left, also where one was taken by another wait for the same name', async () => {
  const engine = await openEngine({});
  const { store } = engine;
  const { list } = store.waits;
  // Listed the other way round than they are answered, and one at a time.
  store.waits.list = async (...asked) => {
    const page = await list(...asked);
    return { ...page, items: page.items.slice(-1) };
  };
  const person = startPerson(store);
  try {
    const run = await engine.start(
      'telos: 1\nid: t\nsteps: [{ id: each, foreach: [1, 2, 3], max_parallel: 3, steps: [{ id: s, wait: { signal: go } }] }]',
    );
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
  } finally {
    await person.leave();
    await engine.close();
  }
});
