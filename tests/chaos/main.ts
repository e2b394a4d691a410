/**
 *   pnpm chaos [--minutes 5] [--seed 1] [--on sqlite|servers] [--store postgres://... --queue redis://...|postgres://...]
 *
 * `--on servers` starts a PostgreSQL and a Redis and restarts them as well; servers that are named are never restarted,
 * but Redis is emptied. One JSON line a round, each with a seed of its own; one round at least. Ends with 1 at the first round in which a
 * law was broken; the same `--seed` makes the same workflows and the same blows.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runChaos } from './run-chaos.ts';
import { startTargets } from './servers.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    on: { type: 'string', default: 'sqlite' },
    store: { type: 'string' },
    queue: { type: 'string', default: 'local:' },
    runs: { type: 'string', default: '200' },
    workers: { type: 'string', default: '4' },
    blows: { type: 'string', default: '60' },
  },
});
const deadline = Date.now() + Number(values.minutes) * 60_000;
const own = values.on === 'servers' ? await startTargets() : undefined;
// Servers are in process groups of their own: Ctrl-C reaches this process alone.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void (own?.stop() ?? Promise.resolve()).finally(() => process.exit(130)));

try {
  let seed = Number(values.seed);
  do {
    const folder = mkdtempSync(join(tmpdir(), 'telos-chaos-'));
    const report = await runChaos({
      seed,
      runs: Number(values.runs),
      workers: Number(values.workers),
      blows: Number(values.blows),
      folder,
      patienceMs: 180_000,
      ...(own ?? { store: values.store ?? join(folder, 'telos.db'), queue: values.queue }),
    });
    process.stdout.write(`${JSON.stringify({ on: values.store ?? values.on, ...report })}\n`);
    if (report.broken.length > 0) {
      process.stdout.write(`What is known of it is in ${folder}\n`);
      process.exitCode = 1;
      break;
    }
    rmSync(folder, { recursive: true });
    seed += 1;
  } while (Date.now() < deadline);
} finally {
  await own?.stop();
}
