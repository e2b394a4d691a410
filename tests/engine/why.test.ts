/** Why a run does not go on, as `telos doctor` and the API say it: whether anybody is at work at a step, the store knows. */
import { lookBeside, stateIn, waitingFor } from '@telos/api/trace';
import type { RunId } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, untilAborted } from './engine.ts';
import type { Act, Engine } from './engine.ts';
import { createFleet } from './fleet.ts';
import { createStage } from './stage.ts';

const stage = createStage();
const fleet = createFleet();
const { engineOf } = fleet;
afterEach(() => stage.clear());

async function why({ store, clock }: Engine, run: RunId): Promise<readonly string[]> {
  const state = stateIn(await Array.fromAsync(store.journal.read(run)));
  return waitingFor(state, clock.now(), await lookBeside(store, state)).map(({ message }) => message);
}

function stuck() {
  const begun = createLatch();
  const act: Act = (_, { signal }) => (begun.open(), untilAborted(signal));
  return { act, begun: begun.reached };
}

const far = 'telos: 1\nid: t\nsteps: [{ id: a, uses: act, queue: gpu }]';

describe('a step for a queue', () => {
  it('that no worker serves says so; then who has it; then that its worker is gone', async () => {
    const { act, begun } = stuck();
    const owner = await engineOf({ tools: { act } });
    const run = await owner.start(far);
    await owner.until(run, ({ type }) => type === 'step.started');
    expect(await why(owner, run)).toEqual([
      'Step a waits in the queue `gpu`: no worker has taken it; is a `telos worker --queues gpu` running that has room?',
    ]);
    const helper = await owner.another({ recover: false, owner: 'helper', queues: ['gpu'] });
    fleet.keep(helper);
    await owner.clock.advance(6000);
    await begun;
    expect(await why(owner, run)).toEqual(['Step a is running (attempt 1) on the worker helper.']);
    const { claims } = owner.store;
    const { beat, of } = claims;
    claims.beat = (worker, ttl) => (worker === 'helper' ? Promise.resolve([]) : beat(worker, ttl));
    // Its owner is not to see to it before it is looked at.
    claims.of = () => Promise.resolve([]);
    await owner.clock.advance(20_000);
    claims.of = of;
    expect(await why(owner, run)).toEqual([
      'Step a was under way (attempt 1) on the worker helper, which is gone; the owner of the run sees to it.',
    ]);
  });
});

describe('a run whose worker has died', () => {
  it('says that nobody holds it, and not that its step is running', async () => {
    const { act, begun } = stuck();
    const engine = await stage.open({ tools: { act }, recover: false });
    const run = await engine.start('telos: 1\nid: t\nsteps: [{ id: a, uses: act }]');
    await begun;
    expect(await why(engine, run)).toEqual(['Step a is running (attempt 1).']);
    await stage.die(engine);
    expect(await why(engine, run)).toEqual([
      'Step a was under way (attempt 1) when its worker went; whoever takes the run up sees to it.',
    ]);
  });
});
