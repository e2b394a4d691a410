/** Agents whose process is killed with SIGKILL: at every event of theirs, while their model thinks, and in the middle of a call. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentEngines } from '@telos/core';
import type { RunId, Store } from '@telos/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStoreAt } from '../engine/stores.ts';
import { createCrew } from '../mortal/crew.ts';
import type { Crew, Mortal } from '../mortal/crew.ts';
import type { ToldAgents } from '../mortal/doomed-agents.ts';
import { brokenLaws, endsOf } from '../mortal/laws.ts';
import { callsIn } from '../mortal/logging-tools.ts';
import { startPerson } from '../mortal/person.ts';
import type { Person } from '../mortal/person.ts';
import { newPlace, placeKinds } from '../mortal/places.ts';
import type { Place } from '../mortal/places.ts';
import { createRun } from '../mortal/runs.ts';

const engines = ['native', ...agentEngines] as const;

const yaml = (engine: string): string => `
telos: 1
id: killed_${engine.replace('-', '_')}
steps:
  - { id: ask, agent: { engine: ${engine}, instructions: Be exact., input: How many?, tools: [double, add, send] } }
outputs: { answer: "\${{ steps.ask.output.text }}" }
`;
const output = JSON.stringify({ answer: 'After 4.' });

/** Of one run, when nothing happens to it. */
const steps = [
  'ask#1.turn',
  'ask#2.call_1',
  'ask#2.call_2',
  'ask#2.turn',
  'ask#3.call_1',
  'ask#3.turn',
  'ask#4.call_1',
  'ask#4.turn',
];

/** More than half of the moments that a run has. */
const apart = 10;

const patienceMs = 60_000;

let folder: string;
let place: Place;
let store: Store;
let crew: Crew;
let person: Person;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-killed-agents-'));
  log = join(folder, 'log');
  writeFileSync(log, '');
});

afterEach(async () => {
  await crew.dismiss();
  await person.leave();
  await store.close();
  await place.remove();
  rmSync(folder, { recursive: true });
});

function tell(mortal: Mortal, told: ToldAgents): void {
  mortal.tell(told);
}

/** Those of the runs that have come to where they are held; the others have ended. */
async function heldOf(mortal: Mortal, runs: readonly RunId[]): Promise<number> {
  const come = runs.map(async (run) => {
    const given = new AbortController();
    const ended = endsOf(store, [run], patienceMs).then((ends) => {
      if (ends.size > 0) given.abort();
    });
    const isHeld = await mortal.says(`held ${run}`, given.signal).then(
      () => true,
      () => false,
    );
    if (!isHeld) await ended;
    return isHeld;
  });
  return (await Promise.all(come)).filter(Boolean).length;
}

it.each(placeKinds)(
  'an agent of every engine goes on where it was, whenever its process is killed, makes no recorded turn or call again and no effect twice, on %s',
  async (kind) => {
    place = newPlace(kind, folder);
    store = await openStoreAt(place.store);
    person = startPerson(store, log);
    const settings = { store: place.store, queue: place.queue, log, concurrency: 20, leaseMs: 1500 };
    crew = createCrew(settings, { program: 'doomed-agents.ts' });
    const all: RunId[] = [];
    let deaths = 0;
    let next = crew.hire();
    // A process takes its time to load the frameworks, so two runs of each die with it, at moments that are far apart.
    for (let first = 1; first <= apart; first++) {
      const hold: { [run: RunId]: number } = {};
      for (const nth of [first, first + apart])
        for (const engine of engines) hold[await createRun(store, { yaml: yaml(engine) })] = nth;
      const runs = Object.keys(hold);
      all.push(...runs);
      const mortal = await next;
      next = crew.hire();
      tell(mortal, { hold, serve: runs });
      deaths += await heldOf(mortal, runs);
      await mortal.kill();
    }
    tell(await next, { hold: {}, serve: all });
    const ends = await endsOf(store, all, patienceMs);
    const expected = new Map(all.map((run, index) => [run, { name: engines[index % engines.length] ?? '', output }]));
    expect(await brokenLaws(store, expected, ends, log)).toEqual([]);
    // Four turns and four calls, of which two side by side: each under way, and ended. Some runs end before they are held.
    expect(deaths).toBeGreaterThan(14 * engines.length);
    expect(deaths).toBeLessThan(all.length);
    for (const run of all) {
      const succeeded: string[] = [];
      for await (const { event } of store.journal.read(run))
        if (event.type === 'step.succeeded') succeeded.push(event.path);
      expect(succeeded.toSorted()).toEqual(['ask', ...steps].toSorted());
    }
    // Of a run that was killed once two calls may have been in the middle, side by side.
    const made = Map.groupBy(callsIn(log), ({ run }) => run);
    for (const [run, calls] of made) expect(calls.length, run).toBeLessThanOrEqual(6);
  },
  300_000,
);
