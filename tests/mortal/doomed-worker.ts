/**
 * A process that takes in runs and carries them out, and dies, or stands still, where it is told to.
 *
 *   node --conditions=source doomed-worker.ts '<MortalSettings as JSON>'
 *
 * Says `ready` when it can be told, and `refused <run>` as `sayingRefusals` does; each word is one JSON object on a line:
 *   { "serve": true }                     looks for runs from now on
 *   { "start": key, "source": yaml }      starts a run under an idempotency key; says `started <run>`
 *   { "die": point, "nth": n }            will kill itself when it passes this point for the nth time from now on
 *   { "freeze": point, "nth": n }         will stand still there, having said `frozen`, until somebody thaws it
 *   { "settled": true }                   says `settled` when what is under way in memory has had its consequences
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setImmediate as turn } from 'node:timers/promises';
import { startRun } from '@telos/api/runs';
import { systemClock } from '@telos/driver-local';
import { watchKillPoints } from './kill-points.ts';
import type { KillPoint } from './kill-points.ts';
import { openTouches, sayingRefusals, startMortal } from './start-mortal.ts';
import type { MortalSettings } from './start-mortal.ts';

export type Told =
  | { readonly serve: true }
  | { readonly start: string; readonly source: string }
  | { readonly die: KillPoint; readonly nth: number }
  | { readonly freeze: KillPoint; readonly nth: number }
  | { readonly settled: true };

// Written by `createCrew`, of the same version.
const settings = JSON.parse(process.argv[2] ?? '') as MortalSettings;
let doom: { readonly point: KillPoint; left: number; readonly signal: 'SIGKILL' | 'SIGSTOP' } | undefined;

const opened = await openTouches(settings);
const touches = watchKillPoints({ ...opened, store: sayingRefusals(opened.store) }, (point) => {
  if (doom?.point !== point || (doom.left -= 1) !== 0) return;
  if (doom.signal === 'SIGSTOP') writeSync(1, 'frozen\n');
  process.kill(process.pid, doom.signal);
});
const { store, queue, tools } = touches;
const door = {
  store,
  queue,
  clock: systemClock,
  catalog: { tools, checks: new Map() },
  // No workflow of these tests asks one.
  models: { problem: () => Promise.resolve(undefined) },
};

async function obey(told: Told): Promise<void> {
  if ('serve' in told) startMortal(touches, settings);
  else if ('die' in told) doom = { point: told.die, left: told.nth, signal: 'SIGKILL' };
  else if ('freeze' in told) doom = { point: told.freeze, left: told.nth, signal: 'SIGSTOP' };
  else if ('start' in told) {
    const { run } = await startRun(door, { from: { source: told.source }, inputs: {}, idempotencyKey: told.start });
    process.stdout.write(`started ${run}\n`);
  } else {
    await turn();
    process.stdout.write('settled\n');
  }
}

process.stdout.write('ready\n');
// Written by the test, of the same version.
for await (const line of createInterface(process.stdin)) void obey(JSON.parse(line) as Told);
