/**
 * pnpm bench [A B C ... WAITING SSE]: measures the engine, one JSON line for each workload.
 *
 * TELOS_BENCH_DATABASE_URL names a PostgreSQL to use instead of SQLite; schemas `bench_*` are left in it.
 *
 * Every workload runs in a process of its own, so that memory and start-up are
 * its own; those that look at their own memory run bundled, as the command line
 * does. Outputs and counts are asserted; times never are.
 */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { inFolder } from './report.ts';

const workloads = {
  A: 'a-latency',
  B: 'b-throughput',
  C: 'c-fan-out',
  D: 'd-cold-start',
  E: 'e-long-chain',
  F: 'f-kill',
  G: 'g-accept',
  H: 'h-pages',
  I: 'i-language',
  J: 'j-agent',
  WAITING: 'waiting',
  SSE: 'sse',
} as const;

/** They are the process that is measured, and name no file beside theirs. */
const bundled: ReadonlySet<string> = new Set(['A', 'B', 'C', 'E', 'WAITING']);

const wanted = process.argv.slice(2).map((name) => name.toUpperCase());
const unknown = wanted.filter((name) => !Object.hasOwn(workloads, name));
if (unknown.length > 0) {
  process.stderr.write(`No workload ${unknown.join(', ')}; there are ${Object.keys(workloads).join(', ')}.\n`);
  process.exit(2);
}

process.stdout.write(
  `${JSON.stringify({ machine: cpus()[0]?.model ?? 'unknown', cores: cpus().length, memory_gib: Math.round(totalmem() / 2 ** 30), node: process.version })}\n`,
);
let failed = 0;
await inFolder(async (folder) => {
  for (const [name, file] of Object.entries(workloads)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const source = join(import.meta.dirname, 'workloads', `${file}.ts`);
    const script = bundled.has(name) ? join(folder, `${file}.mjs`) : source;
    if (script !== source) await bundle(source, script);
    const { status } = spawnSync(process.execPath, ['--conditions=source', '--no-warnings', script], {
      stdio: 'inherit',
    });
    if (status !== 0) failed += 1;
  }
});
process.exitCode = failed === 0 ? 0 : 1;
