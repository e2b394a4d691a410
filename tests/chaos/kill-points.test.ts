/** Every step boundary of a run once: at each a process dies with SIGKILL, the next one takes over, and nothing shows of it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunId, Sequence, Store } from '@telos/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStoreAt } from '../engine/stores.ts';
import { createCrew } from '../mortal/crew.ts';
import type { Crew, Mortal } from '../mortal/crew.ts';
import type { Told } from '../mortal/doomed-worker.ts';
import { killPoints } from '../mortal/kill-points.ts';
import type { KillPoint } from '../mortal/kill-points.ts';
import { brokenLaws, endsOf } from '../mortal/laws.ts';
import type { Expected } from '../mortal/laws.ts';
import { startPerson } from '../mortal/person.ts';
import type { Person } from '../mortal/person.ts';
import { newPlace, placeKinds } from '../mortal/places.ts';
import type { Place, PlaceKind } from '../mortal/places.ts';
import { redisSays } from '../mortal/redis-says.ts';
import { undisturbed } from '../mortal/runs.ts';
import { isLong } from './is-long.ts';

/** Something of everything that makes a boundary: a large value, effects, steps side by side, a wait that lets the run go. */
const yaml = `
telos: 1
id: boundaries
steps:
  - { id: big, uses: large, with: { v: 1 } }
  - { id: mail, uses: send, with: { to: mail } }
  - { id: each, foreach: "\${{ [1, 2] }}", as: i, max_parallel: 2, steps: [{ id: x, uses: double, with: { v: "\${{ i }}" } }] }
  - { id: go, wait: { signal: go } }
  - { id: post, uses: post, with: { v: 7 }, idempotency_key: "order-\${{ run.id }}" }
outputs:
  big: "\${{ steps.big.output.v }}"
  mail: "\${{ steps.mail.output }}"
  each: "\${{ steps.each.output }}"
  go: "\${{ steps.go.output }}"
  post: "\${{ steps.post.output }}"
`;

/** What only processes that share a queue do. */
const shared: ReadonlySet<KillPoint> = new Set(
  (['claim', 'outcome', 'forget'] as const).flatMap((deed) => [`before ${deed}` as const, `after ${deed}` as const]),
);

const patienceMs = 60_000;

let folder: string;
let place: Place;
let store: Store;
let crew: Crew;
let person: Person;
let log: string;
const runs = new Map<RunId, Expected>();
const ends = new Map<RunId, Sequence>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-kill-points-'));
  log = join(folder, 'log');
  writeFileSync(log, '');
});

afterEach(async () => {
  await crew.dismiss();
  await person.leave();
  await store.close();
  await place.remove();
  rmSync(folder, { recursive: true });
  runs.clear();
  ends.clear();
});

async function open(kind: PlaceKind): Promise<void> {
  place = newPlace(kind, folder);
  store = await openStoreAt(place.store);
  person = startPerson(store, log);
  // One slot: of two steps side by side, one is offered to whoever serves the queue.
  const settings = { store: place.store, queue: place.queue, log, concurrency: 1, leaseMs: 1500 };
  crew = createCrew(settings, { program: 'doomed-worker.ts' });
}

function tell(mortal: Mortal, ...words: readonly Told[]): void {
  for (const told of words) mortal.tell(told);
}

/** Has the process start the run of a key, as a client would that asks again when it got no answer; gives it once it has ended. */
async function endedRun(mortal: Mortal, key: string): Promise<RunId> {
  tell(mortal, { start: key, source: yaml });
  const run = (await mortal.says('started ')).slice('started '.length);
  for (const [ended, seq] of await endsOf(store, [run], patienceMs)) ends.set(ended, seq);
  return run;
}

/** Has the process die when it passes the point for the nth time in a run; gives the run when that ends without. */
async function outlives(mortal: Mortal, point: KillPoint, nth: number, key: string): Promise<RunId | undefined> {
  tell(mortal, { die: point, nth });
  const outlived = endedRun(mortal, key).then(async (run) => {
    tell(mortal, { settled: true });
    await mortal.says('settled');
    return run;
  });
  return Promise.race([mortal.gone.then(() => undefined), outlived.catch(() => undefined)]);
}

/** With servers, sixty deaths take minutes on a busy machine: by `pnpm chaos:tests` alone. */
const short = placeKinds.filter((kind) => kind !== 'PostgreSQL and Redis' || isLong);

it.each(short)(
  'at every step boundary of a run, before and after all that its process does: killed there it ends, gives what it would have given, and leaves nothing, on %s',
  async (kind) => {
    await open(kind);
    const [output = ''] = await undisturbed([{ yaml }]);
    const isShared = kind === 'PostgreSQL and Redis';
    const deaths = new Map<KillPoint, number>();
    let next: Promise<Mortal> | undefined;
    let living = await crew.hire();
    tell(living, { serve: true });
    for (const point of killPoints) {
      for (let nth = 1; ; nth++) {
        const key = `${point} ${nth}`;
        next ??= crew.hire();
        next.catch(() => {
          // The test has failed, and it was dismissed.
        });
        const outlived = await outlives(living, point, nth, key);
        if (outlived !== undefined) {
          runs.set(outlived, { name: key, output });
          break;
        }
        deaths.set(point, nth);
        living = await next;
        next = undefined;
        tell(living, { serve: true });
        runs.set(await endedRun(living, key), { name: key, output });
      }
    }
    expect([...deaths.keys()]).toEqual(killPoints.filter((point) => isShared || !shared.has(point)));
    // One for each step at least; and the run is taken up twice, for it waits in between.
    expect(deaths.get('after append')).toBeGreaterThan(5);
    expect(deaths.get('after acquire')).toBeGreaterThan(1);
    await next;
    expect(await store.runs.count({})).toBe(runs.size);
    expect(await brokenLaws(store, runs, ends, log)).toEqual([]);
    if (isShared) await expect.poll(() => jobsLeft(place.queue), { timeout: patienceMs }).toEqual([]);
  },
  600_000,
);

/** Keys of jobs that the queue still holds. */
async function jobsLeft(queue: string): Promise<readonly string[]> {
  const prefix = new URL(queue).searchParams.get('prefix') ?? '';
  const keys = await redisSays(queue, `KEYS ${prefix}*`);
  return keys.split('\r\n').filter((key) => key.startsWith(prefix) && /run%3A|step%3A/.test(key));
}
