import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchDatabaseUrl } from './bench-store.ts';

/** Prints one line of results. Names of figures carry their unit. */
export function report(workload: string, figures: { readonly [name: string]: number | string }): void {
  const driver = benchDatabaseUrl === undefined ? 'sqlite+local' : 'postgres+local';
  process.stdout.write(`${JSON.stringify({ workload, driver, durability: 'full', ...figures })}\n`);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export function round(value: number): number {
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}

/** Peak resident memory of this process so far, in MiB; NaN where the system does not say. */
export function peakMiB(): number {
  try {
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024);
  } catch {
    return Number.NaN;
  }
}

/** Cache flushes of all disks so far, by any process; NaN where the system does not say. */
export function deviceFlushes(): number {
  try {
    let sum = 0;
    for (const line of readFileSync('/proc/diskstats', 'utf8').trim().split('\n'))
      sum += Number(line.trim().split(/\s+/)[18] ?? 0);
    return sum;
  } catch {
    return Number.NaN;
  }
}

export async function inFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'telos-bench-'));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export function expectEqual(got: number, wanted: number, what: string): void {
  if (got !== wanted) throw new Error(`${what}: got ${got}, expected ${wanted}`);
}

/** What a step of a benchmark gives: about 200 bytes of JSON. */
export function outputOf(run: string, i: number): { run: string; i: number; v: number; pad: string } {
  return { run, i, v: 1, pad: 'x'.repeat(150) };
}
