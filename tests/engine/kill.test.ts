/** Two workers on one store, each killed again and again, at any moment and in the midst of a call: every run ends, and nothing that counts happens twice. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded, isFinished } from '@telos/core';
import type { RunId, Store } from '@telos/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCrew } from '../mortal/crew.ts';
import type { Crew, Mortal } from '../mortal/crew.ts';
import { stateOf } from '../mortal/laws.ts';
import { callsIn } from '../mortal/logging-tools.ts';
import { createRun } from '../mortal/runs.ts';
import { chance } from './chance.ts';
import { outputsOf } from './engine.ts';
import { newQueuePlace, testQueue } from './queues.ts';
import type { QueuePlace } from './queues.ts';
import { newStorePlace, openStoreAt } from './stores.ts';
import type { StorePlace } from './stores.ts';

const workflow = `
telos: 1
id: mortal
inputs: { n: integer }
steps:
  - { id: first, uses: double, with: { v: "\${{ inputs.n }}" } }
  - id: each
    foreach: "\${{ [1, 2, 3, 4, 5, 6] }}"
    as: i
    max_parallel: 3
    steps:
      - { id: x, uses: double, with: { v: "\${{ i }}" } }
      - { id: y, uses: large, with: { v: "\${{ steps.x.output }}" } }
  - { id: mails, foreach: "\${{ [1, 2, 3, 4] }}", max_parallel: 2, on_item_error: collect, steps: [{ id: send, uses: send, with: { to: send } }] }
  - { id: post, uses: post, idempotency_key: "order-\${{ run.id }}" }
  - { id: sum, uses: sum, with: { list: "\${{ steps.each.output }}" } }
outputs: { first: "\${{ steps.first.output }}", sum: "\${{ steps.sum.output }}", mails: "\${{ steps.mails.output }}" }
`;

/** Processes with servers take longer to be made, and their runs to be looked at. */
const killings = testQueue === 'local' ? 15 : 8;

let folder: string;
let place: StorePlace;
let store: Store;
let log: string;
let crew: Crew;
let bells: QueuePlace;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  place = await newStorePlace();
  store = await openStoreAt(place.address);
  bells = newQueuePlace();
  log = path.join(folder, 'log');
  writeFileSync(log, '');
  crew = createCrew({ store: place.address, queue: bells.address, log, concurrency: 8, leaseMs: 600 });
});

afterEach(async () => {
  await crew.dismiss();
  await store.close();
  await place.remove();
  await bells.remove();
  rmSync(folder, { recursive: true });
});

/** Resolves with the worker whose call does not end. */
async function catchInACall(workers: readonly Mortal[]): Promise<Mortal> {
  const found = new AbortController();
  const catches = workers.map(async (worker) => {
    await worker.says('caught', found.signal);
    return worker;
  });
  writeFileSync(`${log}.trap`, '');
  const caught = await Promise.race(catches);
  const others = Promise.allSettled(catches);
  found.abort();
  await others;
  return caught;
}

/** Keys of the calls so far, by run and path. */
function calls(): ReadonlyMap<string, readonly string[]> {
  const bySteps = Map.groupBy(callsIn(log), ({ run, path: step }) => `${run} ${step}`);
  return new Map([...bySteps].map(([step, made]) => [step, made.map(({ key }) => key)]));
}

it.for([1, 2])(
  'finishes every run however often its workers are killed, repeats no finished step and no irreversible one (seed %i)',
  { timeout: 300_000 },
  async (seed) => {
    const random = chance(seed);
    const runs: RunId[] = [];
    /** How often each step had been called when it was seen to have finished. */
    const finished = new Map<string, number>();

    const going = new Set<RunId>();

    async function look(): Promise<void> {
      const states = await Promise.all([...going].map((run) => stateOf(store, run)));
      const called = calls();
      for (const state of states) {
        if (hasEnded(state)) going.delete(state.id);
        for (const [step, known] of state.steps) {
          const name = `${state.id} ${step}`;
          if (isFinished(known) && !finished.has(name)) finished.set(name, called.get(name)?.length ?? 0);
        }
      }
    }

    let [next, spare] = await Promise.all([crew.hire(), crew.hire()]);
    for (let kills = 0; kills < killings; kills++) {
      for (let n = 0; n < 3; n++) {
        const run = await createRun(store, { yaml: workflow, inputs: { n: runs.length } });
        runs.push(run);
        going.add(run);
      }
      // The workers look for runs that nobody owns every 300 ms.
      const replacement = crew.hire();
      if (kills % 2 === 0) {
        const caught = await catchInACall([next, spare]);
        if (caught === spare) [next, spare] = [spare, next];
      } else await delay(100 + random() * 300);
      await next.kill();
      await look();
      [next, spare] = [spare, await replacement];
    }

    // A person says of every step in doubt that nobody knows: it fails, and is not made again.
    const person = new AbortController();
    const deciding = (async () => {
      while (!person.signal.aborted) {
        for (const { run, path, id } of (await store.waits.list({ kind: ['in_doubt'] }, 200)).items) {
          const message = { id: `resolve ${id}`, kind: 'resolve', path, as: 'fail' } as const;
          await store.inbox.post(run, message).catch(() => {});
        }
        await delay(50);
      }
    })();
    const ends = await Promise.all(
      runs.map(async (run) => {
        for await (const { event } of store.journal.follow(run, 0, AbortSignal.timeout(120_000))) void event;
        return stateOf(store, run);
      }),
    );
    person.abort();
    await deciding;
    const called = calls();
    let inDoubt = 0;
    for (const [n, state] of ends.entries()) {
      const mails = [0, 1, 2, 3].map((mail) => {
        const times = called.get(`${state.id} mails[${mail}].send`)?.length ?? 0;
        if (state.steps.get(`mails[${mail}].send`)?.status === 'succeeded') {
          expect(times).toBe(1);
          return 'sent to send';
        }
        // Killed in the call, or between the record of its start and the call.
        expect(times).toBeLessThanOrEqual(1);
        inDoubt += 1;
        return { error: expect.objectContaining({ code: 'IN_DOUBT' }) as unknown };
      });
      expect(outputsOf(state)).toEqual({ first: n * 2, sum: 42, mails });
      expect(new Set(called.get(`${state.id} post`))).toEqual(new Set([`order-${state.id}`]));
    }
    for (const [name, times] of finished) expect(called.get(name)?.length ?? 0, name).toBe(times);
    // The kills did hit: something was interrupted, and not everything was.
    expect(inDoubt + [...called.values()].filter(({ length }) => length > 1).length).toBeGreaterThan(3);
    expect(inDoubt).toBeLessThan(runs.length * 2);
  },
);
