/**
 * `pnpm test`: makes sure that Redis, PostgreSQL and Chromium can be used, runs
 * every test, and ends with `N passed, M failed`.
 *
 * Arguments are given to Vitest: `pnpm test packages/core`, `pnpm test -t 'a lease'`.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { provideChromium } from './services/chromium.ts';
import { Unavailable } from './services/provide.ts';
import { providePostgres } from './services/postgres.ts';
import { provideRedis } from './services/redis.ts';
import { Summary, summaryLine } from './summary/summary.ts';

const root = dirname(import.meta.dirname);
const scratch = mkdtempSync(join(tmpdir(), 'telos-test-'));
const stops: (() => Promise<void>)[] = [];
let tests: ChildProcess | undefined;
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    tests?.kill(signal);
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Unavailable ? error.message : error);
  process.exitCode = 1;
} finally {
  await Promise.all(stops.map((stop) => stop()));
  rmSync(scratch, { recursive: true, force: true });
}

async function main(words: readonly string[]): Promise<number> {
  const given = process.env;
  const chromium = provideChromium(setting(given['TELOS_TEST_CHROMIUM']));
  const redis = await provideRedis(setting(given['TELOS_TEST_REDIS_URL']));
  stops.push(() => redis.stop());
  const postgres = await providePostgres(setting(given['TELOS_TEST_DATABASE_URL']));
  stops.push(() => postgres.stop());
  if (interrupted) return 130;

  const summaryFile = join(scratch, 'summary.json');
  const code = await runVitest(words[0] === '--' ? words.slice(1) : words, {
    ...given,
    TELOS_TEST_REDIS_URL: redis.url,
    TELOS_TEST_DATABASE_URL: postgres.url,
    TELOS_TEST_CHROMIUM: chromium,
    TELOS_TEST_SUMMARY: summaryFile,
  });
  if (interrupted) return 130;
  return report(summaryFile, code);
}

/** Prints what was skipped and why, then the summary line; gives the exit code. */
function report(summaryFile: string, vitestCode: number): number {
  if (!existsSync(summaryFile)) {
    console.log('Vitest ended before it had run the tests.\n0 passed, 1 failed');
    return 1;
  }
  const summary = Summary.parse(JSON.parse(readFileSync(summaryFile, 'utf8')));
  for (const skipped of summary.skipped) console.log(`skipped: ${skipped.test} (${skipped.reason})`);
  // Vitest may fail for a reason that is no test's: no file matched, or a worker died.
  const failed = summary.failed === 0 && vitestCode !== 0 ? 1 : summary.failed;
  console.log(summaryLine({ ...summary, failed }));
  return failed === 0 ? 0 : 1;
}

function runVitest(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
  const reporter = join(import.meta.dirname, 'summary', 'summary-reporter.ts');
  const command = [vitest, 'run', '--reporter=default', `--reporter=${reporter}`, ...words];
  return new Promise((resolve) => {
    tests = spawn(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
    tests.once('error', () => resolve(1));
    tests.once('exit', (code) => resolve(code ?? 1));
  });
}

/** An environment variable that is set to nothing is not set. */
function setting(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
