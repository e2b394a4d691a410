/**
 *   pnpm chaos [--minutes 5] [--seed 1] [--store sqlite|postgres://...] [--queue local:|redis://...|postgres://...]
 *
 * One JSON line a round, each with a seed of its own. Ends with 1 at the first round in which a law was broken;
 * the same `--seed` makes the same workflows and the same blows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cutOf } from './cut.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    queue: { type: 'string', default: 'local:' },
    runs: { type: 'string', default: '200' },
    workers: { type: 'string', default: '4' },
    blows: { type: 'string', default: '60' },
  },
});
const cut = cutOf(values.store, values.queue);
const deadline = Date.now() + Number(values.minutes) * 60_000;

for (let seed = Number(values.seed); Date.now() < deadline; seed++) {
  const folder = mkdtempSync(join(tmpdir(), 'telos-chaos-'));
  const report = await runChaos({
    seed,
    runs: Number(values.runs),
    workers: Number(values.workers),
    blows: Number(values.blows),
    store: values.store === 'sqlite' ? join(folder, 'telos.db') : values.store,
    queue: values.queue,
    folder,
    ...(cut === undefined ? {} : { cut }),
    patienceMs: 180_000,
  });
  process.stdout.write(`${JSON.stringify({ store: values.store, queue: values.queue, ...report })}\n`);
  rmSync(folder, { recursive: true });
  if (report.broken.length > 0) {
    process.exitCode = 1;
    break;
  }
}
