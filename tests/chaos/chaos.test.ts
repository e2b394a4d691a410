/** The engine under a killer, for a few seconds: `pnpm chaos` does the same for longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWhere } from '@telos/testkit';
import { findPostgres } from '@telos/testkit/servers/postgres';
import { findRedis } from '@telos/testkit/servers/redis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Targets } from './blows.ts';
import { runChaos } from './run-chaos.ts';
import { startTargets } from './servers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-chaos-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const describeOnServers = describeWhere(
  findPostgres() !== undefined && findRedis() !== undefined,
  'PostgreSQL and Redis are not both installed',
);

async function survive(targets: Targets): Promise<void> {
  const report = await runChaos({ seed: 1, runs: 24, workers: 3, blows: 12, folder, patienceMs: 90_000, ...targets });
  expect(report.broken).toEqual([]);
  expect(report.runs).toBe(24);
}

describe('chaos on SQLite and a queue in each process', () => {
  it('loses no run, repeats no irreversible step and changes no output, however workers die and freeze', async () => {
    await survive({ store: join(folder, 'telos.db'), queue: 'local:' });
  }, 200_000);
});

describeOnServers('chaos on PostgreSQL and Redis', () => {
  it('loses no run, repeats no irreversible step and changes no output, however workers die and freeze, connections break and servers restart', async () => {
    const targets = await startTargets();
    onTestFinished(() => targets.stop());
    await survive(targets);
  }, 200_000);
});
