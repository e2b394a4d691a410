/** Three hosts, one of which loses its network and gets it back: split-brain, as the kernel of the machine makes it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunId } from '@telos/core';
import { describeWhere } from '@telos/testkit';
import { findPostgres, startPostgres } from '@telos/testkit/servers/postgres';
import { findRedis, startRedis } from '@telos/testkit/servers/redis';
import { expect, it, onTestFinished } from 'vitest';
import { openStoreAt } from '../engine/stores.ts';
import { createCrew } from '../mortal/crew.ts';
import type { Mortal } from '../mortal/crew.ts';
import { brokenLaws, endsOf } from '../mortal/laws.ts';
import type { Expected } from '../mortal/laws.ts';
import { makeNetwork, whyNoNetwork } from '../mortal/network.ts';
import type { Host } from '../mortal/network.ts';
import { startPerson } from '../mortal/person.ts';
import { createRun, undisturbed } from '../mortal/runs.ts';
import { randomWorkflow } from './random-workflow.ts';

const isInstalled = findPostgres() !== undefined && findRedis() !== undefined;
const obstacle = isInstalled ? whyNoNetwork() : 'PostgreSQL and Redis are not both installed';
const describeOnNetwork = describeWhere(obstacle === undefined, obstacle ?? '');

const leaseMs = 1500;

/** So long that the run is under way on some host whenever its cable is pulled, with effects that must not happen twice. */
const long = `
telos: 1
id: long
steps:
  - id: each
    foreach: "\${{ [${Array.from({ length: 40 }, (_, n) => n).join(', ')}] }}"
    as: i
    max_parallel: 2
    steps:
      - { id: d, uses: double, with: { v: "\${{ i }}" } }
      - { id: mail, uses: send, with: { to: mail } }
      - { id: a, uses: add, with: { v: "\${{ steps.d.output }}", by: 1 } }
outputs: { each: "\${{ steps.each.output }}" }
`;

describeOnNetwork('a host that is cut off for longer than its leases last', () => {
  it('has its runs taken over and ended by the others, and is refused when it comes back: nothing happened twice, nothing changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'telos-partition-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const log = join(folder, 'calls');
    writeFileSync(log, '');
    const network = await makeNetwork(['one', 'two', 'three']);
    onTestFinished(() => network.remove());
    const { address } = network;
    const postgres = await startPostgres({ address });
    onTestFinished(() => postgres.stop());
    const redis = await startRedis([
      ['bind', '127.0.0.1', address],
      ['protected-mode', 'no'],
    ]);
    onTestFinished(() => redis.stop());
    const queue = redis.url.replace('127.0.0.1', address);
    const store = await openStoreAt(postgres.url);
    onTestFinished(() => store.close());
    const person = startPerson(store, log);
    onTestFinished(() => person.leave());

    const said: string[] = [];
    async function populate({ by, name }: Host): Promise<Mortal> {
      const settings = { store: postgres.url, queue, log, concurrency: 4, leaseMs };
      const crew = createCrew(settings, { by, onError: (text) => void said.push(`${name}: ${text}`) });
      onTestFinished(() => crew.dismiss());
      return crew.hire();
    }
    const [lonely] = network.hosts;
    if (lonely === undefined) throw new Error('The network has no host.');
    const [stale] = await Promise.all(network.hosts.map(populate));

    const wanted = [
      ...Array.from({ length: 6 }, () => ({ name: 'long', yaml: long })),
      ...Array.from({ length: 12 }, (_, n) => ({ name: `workflow ${n}`, yaml: randomWorkflow(n).yaml })),
    ];
    const outputs = await undisturbed(wanted);
    const runs = new Map<RunId, Expected>();
    for (const [n, { name, yaml }] of wanted.entries())
      runs.set(await createRun(store, { yaml }), { name, output: outputs[n] ?? '' });
    // Everybody is in the middle of something.
    await expect.poll(async () => (await store.leases.owners()).length, { timeout: 20_000 }).toBe(3);

    await lonely.pullCable();
    // It stays away until the others have ended all that there was.
    const ends = await endsOf(store, runs.keys(), 60_000);
    expect(ends.size).toBe(runs.size);
    await lonely.plugIn();
    // What it had on its way arrives now, or it asks first: either way it hears that its runs are others'.
    const heard = expect.poll(() => said.join(''), { timeout: 30_000 }).toMatch(/was lost; its new owner goes on/);
    await Promise.race([heard, stale?.says('refused ')]);
    await expect.poll(() => store.leases.owners(), { timeout: 20_000 }).toEqual([]);
    expect(await brokenLaws(store, runs, ends, log)).toEqual([]);
  }, 120_000);
});
