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

it('loses no run, repeats no irreversible step and changes no output, however its workers die or freeze', async () => {
  const report = await runChaos({
    seed: 1,
    runs: 24,
    workers: 3,
    blows: 12,
    store: join(folder, 'telos.db'),
    queue: 'local:',
    folder,
    patienceMs: 60_000,
  });
  expect(report.broken).toEqual([]);
  expect(report.runs).toBe(24);
}, 150_000);
