/** Servers that lose everything or are away for half a minute, under runs that are under way: they wait, say so, and go on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId, Store } from '@telos/core';
import { describeWhere } from '@telos/testkit';
import { findPostgres } from '@telos/testkit/servers/postgres';
import { findRedis } from '@telos/testkit/servers/redis';
import { expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { openStoreAt } from '../engine/stores.ts';
import { createCrew } from '../mortal/crew.ts';
import { brokenLaws, endsOf } from '../mortal/laws.ts';
import type { Expected } from '../mortal/laws.ts';
import { startPerson } from '../mortal/person.ts';
import { openQueueAt } from '../mortal/queues.ts';
import { redisSays } from '../mortal/redis-says.ts';
import { createRun, undisturbed } from '../mortal/runs.ts';
import { isLong } from './is-long.ts';
import type { OwnTargets } from './servers.ts';
import { startTargets } from './servers.ts';

const isInstalled = findPostgres() !== undefined && findRedis() !== undefined;
const describeOnServers = describeWhere(
  isInstalled && isLong,
  isInstalled ? 'it takes two minutes; pnpm chaos:tests runs it' : 'PostgreSQL and Redis are not both installed',
);

/** Some steps that find no slot where their run is, and an effect that must not happen twice. */
const wide = (items: number): string => `
telos: 1
id: wide
steps:
  - { id: mail, uses: send, with: { to: mail } }
  - id: each
    foreach: "\${{ [${Array.from({ length: items }, (_, n) => n).join(', ')}] }}"
    as: i
    max_parallel: 4
    steps: [{ id: d, uses: double, with: { v: "\${{ i }}" } }]
  - { id: post, uses: post, with: { v: 1 }, idempotency_key: "order-\${{ run.id }}" }
outputs: { mail: "\${{ steps.mail.output }}", each: "\${{ steps.each.output }}", post: "\${{ steps.post.output }}" }
`;

type Scene = {
  readonly targets: OwnTargets;
  readonly store: Store;
  readonly log: string;
  readonly runs: ReadonlyMap<RunId, Expected>;
  /** What the workers have written on standard error. */
  said(): string;
};

/** Two workers on servers of their own, and runs that are offered to them. */
async function set({ onTestFinished }: TestContext, count: number, yaml: string): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'telos-away-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const targets = await startTargets();
  onTestFinished(() => targets.stop());
  const store = await openStoreAt(targets.store);
  onTestFinished(() => store.close());
  const queue = await openQueueAt(targets.queue);
  onTestFinished(() => queue.close());
  const person = startPerson(store, log);
  onTestFinished(() => person.leave());
  let said = '';
  const settings = { store: targets.store, queue: targets.queue, log, concurrency: 4, leaseMs: 1500 };
  const crew = createCrew(settings, { onError: (text) => void (said += text) });
  onTestFinished(() => crew.dismiss());
  await Promise.all([crew.hire(), crew.hire()]);
  const [output = ''] = await undisturbed([{ yaml }]);
  const runs = new Map<RunId, Expected>();
  for (let n = 0; n < count; n++) {
    const run = await createRun(store, { yaml });
    runs.set(run, { name: `number ${n}`, output });
    await queue.offer([{ kind: 'run', queue: 'default', run }]);
  }
  return { targets, store, log, runs, said: () => said };
}

async function endWell({ store, runs, log }: Scene): Promise<void> {
  const ends = await endsOf(store, runs.keys(), 120_000);
  expect(await brokenLaws(store, runs, ends, log)).toEqual([]);
}

describeOnServers('500 runs', () => {
  it('all finish although Redis is emptied in the middle of them', async (context) => {
    const scene = await set(context, 500, wide(2));
    const { store, targets } = scene;
    expect(await store.runs.count({ status: ['succeeded'] })).toBeLessThan(500);
    await redisSays(targets.queue, 'FLUSHALL');
    await endWell(scene);
  }, 180_000);
});

describeOnServers('runs whose server is away for 30 s', () => {
  const cases = [
    { name: 'PostgreSQL', key: 'postgres', complaint: /waits for the store: .*cannot be reached/ },
    { name: 'Redis', key: 'redis', complaint: /The queue at redis.* cannot be reached .*Runs are safe in the store/ },
  ] as const;
  it.concurrent.for(cases)(
    'wait for $name, say so, and go on when it is back: nothing is lost, nothing happens twice',
    { timeout: 240_000 },
    async ({ key, complaint }, context) => {
      const scene = await set(context, 20, wide(60));
      const server = scene.targets.servers?.[key];
      // Asked before: once it is back, all may have ended by the time that it answers this.
      context.expect(await scene.store.runs.count({ status: ['succeeded'] })).toBeLessThan(20);
      await server?.halt('SIGKILL');
      await delay(30_000);
      context.expect(scene.said()).toMatch(complaint);
      await server?.restart();
      await endWell(scene);
    },
  );
});
