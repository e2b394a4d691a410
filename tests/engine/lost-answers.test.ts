/** A store on the far side of a network that loses answers: what was stored is never taken for refused, nor stored twice. */
import { createFakeClock, describeWhere } from '@telos/testkit';
import { startLossyProxy } from '@telos/testkit/servers/lossy-proxy';
import { afterEach, expect, it } from 'vitest';
import { chance } from './chance.ts';
import { openEngine, outputsOf } from './engine.ts';
import { newStorePlace, openStoreAt, testStore } from './stores.ts';
import { createStoreWatch } from './watched-store.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const workflow = `
telos: 1
id: t
steps:
  - { id: first, uses: act, with: { i: 0 } }
  - id: each
    foreach: "\${{ [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] }}"
    as: i
    max_parallel: 4
    steps: [{ id: x, uses: act, with: { i: "\${{ i }}" } }, { id: y, uses: act, with: { i: "\${{ i + 100 }}" } }]
  - { id: last, uses: act, with: { i: 1000 } }
outputs: { each: "\${{ steps.each.output }}", last: "\${{ steps.last.output }}" }
`;

describeWhere(testStore === 'postgres', 'a file has no network')('a store whose answers get lost', () => {
  it.each([1, 2, 3])(
    'costs a run nothing but time, and no irreversible step its certainty (seed %i)',
    async (seed) => {
      const place = await newStorePlace();
      closing.push(() => place.remove());
      const proxy = await startLossyProxy(place.address);
      closing.push(() => proxy.stop());
      const calls = createStoreWatch();
      const clock = createFakeClock(undefined, calls.idle);
      const store = calls.watch(await openStoreAt(proxy.url, clock));
      closing.push(() => store.close());
      const ran: number[] = [];
      const engine = await openEngine({
        store,
        clock,
        tools: { act: { effect: 'irreversible', run: async ({ i }: { readonly i: number }) => (ran.push(i), i) } },
      });
      closing.push(() => engine.close());
      const random = chance(seed);
      const items = Array.from({ length: 12 }, (_, index) => index + 1);
      // One run after the other until enough was lost: how much of it one meets is up to how its appends come together.
      for (let runs = 1; proxy.lost() <= 5; runs += 1) {
        ran.length = 0;
        const run = await engine.start(workflow);
        proxy.loseWhen(() => random() < 0.3);
        const ended = async (): Promise<boolean> => {
          const summary = await store.runs.get(run).catch(() => undefined);
          return summary?.endedAt !== undefined;
        };
        for (let turn = 0; turn < 500 && !(await ended()); turn += 1) await clock.advance(1000);
        proxy.loseWhen(() => false);

        expect(outputsOf(await engine.ended(run))).toEqual({ each: items.map((i) => i + 100), last: 1000 });
        expect(ran.toSorted((a, b) => a - b)).toEqual([0, ...items, ...items.map((i) => i + 100), 1000]);
        expect(runs).toBeLessThan(20);
      }
      expect(proxy.lost()).toBeGreaterThan(5);
    },
    60_000,
  );
});
