import { startSchedules } from '@telos/api/triggers';
import { publishWorkflow } from '@telos/api/runs';
import { createFakeClock } from '@telos/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createBells } from './bells.ts';
import { newStorePlace, openStoreAt } from './stores.ts';

const source = `telos: 1
id: timed
triggers: { schedule: [{ cron: "* * * * *", missed: run_all }] }
steps: [{ id: nap, wait: { for: 1s } }]
`;

describe('schedules of several processes on one store', () => {
  it('fire each instant once, whichever process is first, and also when one of them stops', async () => {
    const clock = createFakeClock(Date.UTC(2026, 2, 1));
    const place = await newStorePlace();
    const bells = createBells();
    const queue = bells.open();
    const stores = await Promise.all([1, 2, 3].map(() => openStoreAt(place.address)));
    const [store] = stores;
    if (store === undefined) throw new Error('three were opened');
    const base = { queue, clock, catalog: { tools: new Map(), checks: new Map() } };
    const models = { problem: async () => undefined };
    await publishWorkflow({ ...base, store }, { source });
    const loops = stores.map((own) => startSchedules({ ...base, models, store: own, tell: () => undefined }));
    onTestFinished(async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(stores.map((own) => own.close()));
      await queue.close();
      await bells.remove();
      await place.remove();
    });
    const runs = () => store.runs.count({});
    const minutes = async (count: number) => {
      const before = await runs();
      await clock.advance(count * 60_000);
      await expect
        .poll(
          async () => {
            await clock.advance(5000);
            return runs();
          },
          { timeout: 15_000 },
        )
        .toBeGreaterThanOrEqual(before + count);
    };
    await minutes(2);
    await loops[0]?.stop();
    await minutes(2);
    const passed = Math.floor((clock.now() - Date.UTC(2026, 2, 1)) / 60_000);
    await expect.poll(runs, { timeout: 15_000 }).toBe(passed);
  });
});
