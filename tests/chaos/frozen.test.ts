/** Processes that stand still for longer than their lease, as SIGSTOP or a paused machine makes them, and go on where they were. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { openStoreAt } from '../engine/stores.ts';
import { createCrew } from '../mortal/crew.ts';
import type { Told } from '../mortal/doomed-worker.ts';
import type { KillPoint } from '../mortal/kill-points.ts';
import { brokenLaws, endsOf } from '../mortal/laws.ts';
import { startPerson } from '../mortal/person.ts';
import { newPlace, placeKinds } from '../mortal/places.ts';
import { undisturbed } from '../mortal/runs.ts';
import { isLong } from './is-long.ts';

const yaml = `
telos: 1
id: frozen
steps:
  - { id: d, uses: double, with: { v: 4 } }
  - { id: mail, uses: send, with: { to: mail } }
  - { id: a, uses: add, with: { v: "\${{ steps.d.output }}", by: 1 } }
outputs: { mail: "\${{ steps.mail.output }}", a: "\${{ steps.a.output }}" }
`;

const leaseMs = 1500;

/** A result that is about to be stored, one that was just stored, and effects that are being had; the second step's. */
const points: readonly (readonly [KillPoint, number])[] = [
  ['before append', 3],
  ['after append', 3],
  ['in a call', 2],
];

/** With servers by `pnpm chaos:tests` alone. */
const kinds = placeKinds.filter((kind) => kind !== 'PostgreSQL and Redis' || isLong);

it.concurrent.for(kinds.flatMap((kind) => points.map(([point, nth]) => [point, nth, kind] as const)))(
  'a worker that stands still for longer than its lease lasts (%s, number %i), and goes on, records nothing more: its run is another’s, on %s',
  { timeout: 120_000 },
  async ([point, nth, kind], { expect, onTestFinished }) => {
    const folder = mkdtempSync(join(tmpdir(), 'telos-frozen-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const log = join(folder, 'log');
    writeFileSync(log, '');
    const place = newPlace(kind, folder);
    onTestFinished(() => place.remove());
    const store = await openStoreAt(place.store);
    onTestFinished(() => store.close());
    const person = startPerson(store, log);
    onTestFinished(() => person.leave());
    const said: string[] = [];
    const crew = createCrew(
      { store: place.store, queue: place.queue, log, concurrency: 4, leaseMs },
      { program: 'doomed-worker.ts', onError: (text) => void said.push(text) },
    );
    onTestFinished(() => crew.dismiss());
    const [stale, next] = await Promise.all([crew.hire(), crew.hire()]);
    const tell = (mortal: typeof stale, told: Told): void => mortal.tell(told);

    const [output = ''] = await undisturbed([{ yaml }]);
    tell(stale, { serve: true });
    tell(stale, { freeze: point, nth });
    tell(stale, { start: 'key', source: yaml });
    const run = (await stale.says('started ')).slice('started '.length);
    await stale.says('frozen');
    tell(next, { serve: true });
    const ends = await endsOf(store, [run], 30_000);
    expect([...ends.keys()]).toEqual([run]);
    const events = await Array.fromAsync(store.journal.read(run));

    stale.thaw();
    // It tries what it was about to do, or asks first; then it hears whose run it is.
    const heard = expect.poll(() => said.join(''), { timeout: 20_000 }).toContain('was lost');
    await Promise.any([heard, stale.says('refused ')]);
    expect(await Array.fromAsync(store.journal.read(run))).toEqual(events);
    const succeeded = events.flatMap(({ event }) => (event.type === 'step.succeeded' ? [event.path] : []));
    expect(succeeded).toEqual(['d', 'mail', 'a']);
    expect(await brokenLaws(store, new Map([[run, { name: point, output }]]), ends, log)).toEqual([]);
  },
);
