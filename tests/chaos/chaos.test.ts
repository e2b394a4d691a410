/** The engine under a killer, for a few seconds: `pnpm chaos` does the same for longer. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runChaos } from './run-chaos.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-chaos-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A schema and a prefix of the test's own: servers are shared. */
const postgres = withQuery(process.env['TELOS_TEST_DATABASE_URL'], `schema=chaos_${process.pid}`);
const redis = process.env['TELOS_TEST_REDIS_URL'];

const places: readonly (readonly [name: string, store: string, queue: string])[] = [
  ['SQLite and the queue in each process', 'telos.db', 'local:'],
  ...(postgres === undefined || redis === undefined
    ? []
    : [['PostgreSQL and Redis', postgres, `${redis}/0?prefix=chaos${process.pid}`] as const]),
];

it.each(places)(
  'loses no run, repeats no irreversible step and changes no output, however its workers die or freeze, on %s',
  async (_, store, queue) => {
    const report = await runChaos({
      seed: 1,
      runs: 24,
      workers: 3,
      blows: 12,
      store: store.startsWith('postgres') ? store : join(folder, store),
      queue,
      folder,
      patienceMs: 90_000,
    });
    expect(report.broken).toEqual([]);
    expect(report.runs).toBe(24);
  },
  200_000,
);

function withQuery(url: string | undefined, query: string): string | undefined {
  if (url === undefined || url === '') return undefined;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
