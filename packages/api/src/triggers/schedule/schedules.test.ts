import { TelosError } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { at, timed, withTriggers } from '../../testing/timed.ts';
import type { Timed } from '../../testing/timed.ts';
import { scheduleReports } from './schedule-reports.ts';
import { createSchedules, startSchedules } from './start-schedules.ts';
import type { SchedulesDeps } from './start-schedules.ts';

const minute = 60_000;
const hour = 60 * minute;
const morning = (more = '') => withTriggers(`{ schedule: [{ cron: "0 7 * * *"${more} }] }`);

/** A process whose scheduler runs until it is stopped, or the test ends. */
function running(deps: SchedulesDeps): () => Promise<void> {
  const schedules = startSchedules(deps);
  onTestFinished(() => schedules.stop());
  return () => schedules.stop();
}

/** Lets the time pass in steps no longer than a scheduler sleeps, for the store answers in turns of its own. */
async function pass({ clock }: Pick<Timed, 'clock'>, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5000) await clock.advance(Math.min(left, 5000));
}

describe('a schedule', () => {
  it('fires when it is due, with inputs that see the instant', async () => {
    const world = await timed('2026-03-02T06:58:00Z');
    await world.publish(morning(', inputs: { topic: "news of ${{ event.scheduled_at }}" }'));
    running(world.process());
    await pass(world, minute);
    expect(await world.fired()).toEqual([]);
    await pass(world, minute + 1);
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news of 2026-03-02T07:00:00.000Z']);
    await pass(world, 5 * minute);
    expect(await world.fired()).toHaveLength(1);
    expect(world.told).toEqual([]);
  });

  it('is noticed when it is published while the scheduler sleeps', async () => {
    const world = await timed('2026-03-02T06:58:00Z');
    running(world.process());
    await pass(world, minute);
    await world.publish(morning());
    await pass(world, 2 * minute);
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });

  it('fires once, however many processes look at it', async () => {
    const world = await timed('2026-03-02T06:59:50Z');
    await world.publish(morning());
    for (let n = 0; n < 5; n++) running(world.process());
    await pass(world, minute);
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });

  it('fires once when the clocks of two processes are five minutes apart', async () => {
    const world = await timed('2026-03-02T06:50:00Z');
    await world.publish(withTriggers('{ schedule: [{ cron: "*/10 * * * *", missed: run_all }] }'));
    const ahead = createFakeClock(at('2026-03-02T06:55:00Z'));
    running(world.process(world.clock));
    running(world.process(ahead));
    for (let passed = 0; passed < 30 * minute; passed += 5000) {
      await world.clock.advance(5000);
      await ahead.advance(5000);
    }
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news', '2026-03-02T07:10 news', '2026-03-02T07:20 news']);
  });

  it('does not fire again what it fired when the clock jumps back', async () => {
    const world = await timed('2026-03-02T06:59:00Z');
    await world.publish(morning());
    await createSchedules(world.process()).look();
    await createSchedules(world.process(createFakeClock(at('2026-03-02T07:00:05Z')))).look();
    const back = createFakeClock(at('2026-03-02T06:30:00Z'));
    running(world.process(back));
    await pass({ clock: back }, 40 * minute);
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });

  it('goes on from now when a clock that was far ahead has set how far it had fired', async () => {
    const world = await timed('2026-03-02T06:59:00Z');
    await world.publish(morning());
    await createSchedules(world.process(createFakeClock(at('2036-01-01T00:00:00Z')))).look();
    running(world.process());
    await pass(world, 2 * minute);
    expect(await world.fired()).toContain('2026-03-02T07:00 news');
    expect(world.told).toContainEqual(expect.stringContaining('which lies ahead; it goes on from now'));
  });

  it('fires at half past two in Paris once in the night that has it twice and once in the night that has it not', async () => {
    for (const [eve, due] of [
      ['2026-10-25T00:00:00Z', '2026-10-25T00:30'],
      ['2026-03-29T00:00:00Z', '2026-03-29T01:00'],
    ] as const) {
      const world = await timed(eve);
      await world.publish(withTriggers('{ schedule: [{ cron: "30 2 * * *", timezone: Europe/Paris }] }'));
      running(world.process());
      for (let n = 0; n < 3 * 60; n++) await world.clock.advance(minute);
      expect(await world.fired()).toEqual([`${due} news`]);
    }
  });
});

describe('a process that dies between the run and the mark', () => {
  it('loses nothing and fires nothing twice', async () => {
    const world = await timed('2026-03-02T06:59:59Z');
    await world.publish(morning(', missed: run_all'));
    const marks: SchedulesDeps['store']['marks'] = {
      ...world.store.marks,
      advance: async () => Promise.reject(new TelosError('STORE_UNAVAILABLE', 'killed here')),
    };
    await world.clock.advance(2000);
    await createSchedules(world.process(world.clock, { marks })).look();
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
    await world.clock.advance(hour);
    await createSchedules(world.process()).look();
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });

  it('leaves a firing that another makes when it died before the run', async () => {
    const world = await timed('2026-03-02T06:59:59Z');
    await world.publish(morning());
    const journal: SchedulesDeps['store']['journal'] = {
      ...world.store.journal,
      create: async () => Promise.reject(new TelosError('STORE_UNAVAILABLE', 'killed here')),
    };
    await world.clock.advance(2000);
    expect(await createSchedules(world.process(world.clock, { journal })).look()).toBe(5000);
    expect(await world.fired()).toEqual([]);
    await createSchedules(world.process()).look();
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });
});

describe('firings that nobody was there for', () => {
  it.each([
    ['skip', []],
    ['run_once', ['2026-03-05T07:00 news']],
    ['run_all', ['2026-03-02T07:00 news', '2026-03-03T07:00 news', '2026-03-04T07:00 news', '2026-03-05T07:00 news']],
  ])('are made up for as `missed: %s` says', async (missed, runs) => {
    const world = await timed('2026-03-02T06:00:00Z');
    await world.publish(morning(`, missed: ${missed}`));
    await world.clock.advance(3 * 24 * hour + 2 * hour);
    for (let n = 0; n < 2; n++) await createSchedules(world.process()).look();
    expect(await world.fired()).toEqual(runs);
    expect(world.told).toHaveLength(missed === 'skip' ? 1 : 0);
  });

  it('are the last hundred at most', async () => {
    const world = await timed('2026-03-02T00:00:00Z');
    await world.publish(withTriggers('{ schedule: [{ cron: "* * * * *", missed: run_all }] }'));
    await world.clock.advance(10 * hour);
    for (let n = 0; n < 2; n++) await createSchedules(world.process()).look();
    const fired = await world.fired();
    expect(fired).toHaveLength(100);
    expect([fired[0], fired.at(-1)]).toEqual(['2026-03-02T08:21 news', '2026-03-02T10:00 news']);
  });

  it('are none within a minute: a restart loses no firing', async () => {
    const world = await timed('2026-03-02T06:59:30Z');
    await world.publish(morning());
    await world.clock.advance(minute);
    await createSchedules(world.process()).look();
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });

  it('are not those from before the schedule was there, or while its workflow was withdrawn', async () => {
    const world = await timed('2026-03-02T06:00:00Z');
    await world.publish(morning(', missed: run_all'));
    await createSchedules(world.process()).look();
    await world.store.programs.withdraw('timed');
    await world.clock.advance(48 * hour);
    await world.publish(morning(', missed: run_all'));
    await createSchedules(world.process()).look();
    expect(await world.fired()).toEqual([]);
  });
});

describe('what fires is resolved when it fires: no stale version, no withdrawn workflow', () => {
  it('fires the version that is current at that moment', async () => {
    const world = await timed('2026-03-02T06:58:00Z');
    await world.publish(morning(', inputs: { topic: old }'));
    running(world.process());
    await pass(world, minute + 59_000);
    await world.publish(morning(', inputs: { topic: new }'));
    await pass(world, minute);
    expect(await world.fired()).toEqual(['2026-03-02T07:00 new']);
    const [run] = (await world.store.runs.list({}, 1)).items;
    expect(run?.program).toBe((await world.store.programs.versions('timed'))[0]?.hash);
  });

  it('fires nothing of a workflow that is withdrawn, nor of a schedule that its current version has not', async () => {
    const world = await timed('2026-03-02T06:58:00Z');
    await world.publish(morning());
    await world.publish(withTriggers('{ schedule: [{ cron: "0 7 * * *" }] }', { id: 'other' }));
    running(world.process());
    await pass(world, minute);
    await world.store.programs.withdraw('timed');
    await world.publish(withTriggers('{ schedule: [{ cron: "0 8 * * *" }] }', { id: 'other' }));
    await pass(world, 5 * minute);
    expect(await world.fired()).toEqual([]);
  });
});

describe('a firing for which no run can be started', () => {
  const picky = withTriggers(
    '{ schedule: [{ cron: "0 7,8 * * *", inputs: { size: "${{ size(event.scheduled_at) }}" } }] }',
    {
      inputs: '{ topic: { type: string, default: news }, size: { type: integer, maximum: 3 } }',
    },
  );

  it('is told, is kept in sight, and does not stop the schedule', async () => {
    const world = await timed('2026-03-02T06:59:00Z');
    await world.publish(picky);
    running(world.process());
    await pass(world, 2 * minute);
    expect(world.told).toEqual([expect.stringMatching(/^Schedule `0 7,8 .*` of timed: no run for 2026-03-02T07:00/)]);
    expect(await scheduleReports(world.process(), world.clock.now())).toMatchObject([
      {
        workflow: 'timed',
        nextAt: at('2026-03-02T08:00Z'),
        firedUpTo: at('2026-03-02T07:00Z'),
        droppedAt: at('2026-03-02T07:00Z'),
        problem: { code: 'INPUT_INVALID' },
      },
    ]);
    await pass(world, hour);
    expect(world.told).toHaveLength(2);
  });

  it('is left to a process that can when something is missing in this one', async () => {
    const world = await timed('2026-03-02T06:59:59Z');
    const source = morning().replace('steps:', 'tools: { crm: { db: { url: "${{ secrets.CRM }}" } } }\nsteps:');
    await world.publish(source);
    await world.clock.advance(2000);
    const without = { ...world.process(), secretNames: new Set<string>() };
    await createSchedules(without).look();
    await createSchedules(without).look();
    expect(await world.fired()).toEqual([]);
    await createSchedules({ ...world.process(), secretNames: new Set(['CRM']) }).look();
    expect(await world.fired()).toEqual(['2026-03-02T07:00 news']);
  });
});
