import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Summary, summaryLine } from '../../scripts/summary/summary.ts';
import { root } from '../architecture/repository.ts';

/** Inside the repository, so that test files there find Vitest; `.cache` is not kept. */
let folder: string;
beforeEach(() => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(join(root, '.cache/summary-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the summary of a test run', () => {
  it('counts tests, files that cannot be loaded, and skipped tests with their reasons', () => {
    writeFileSync(
      join(folder, 'some.test.ts'),
      `import { expect, it } from 'vitest';
       it('holds', () => {});
       it('does not hold', () => { expect(1).toBe(2); });
       it('cannot run', ({ skip }) => skip('no such device'));
       it.skip('is left out', () => {});
       it.skip('is not for this driver (skipped: it keeps nothing)', () => {});`,
    );
    writeFileSync(join(folder, 'broken.test.ts'), "import './missing.ts';");
    const file = join(folder, 'summary.json');
    const reporter = join(root, 'scripts/summary/summary-reporter.ts');
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const words = [vitest, 'run', '--root', folder, `--reporter=${reporter}`];
    const env = { ...process.env, TELOS_TEST_SUMMARY: file };
    expect(spawnSync(process.execPath, words, { cwd: folder, env }).status).toBe(1);

    const summary = Summary.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(summary).toEqual({
      passed: 1,
      failed: 2,
      skipped: [
        { test: 'some.test.ts > cannot run', reason: 'no such device' },
        { test: 'some.test.ts > is left out', reason: 'no reason given' },
        {
          test: 'some.test.ts > is not for this driver (skipped: it keeps nothing)',
          reason: 'it keeps nothing',
        },
      ],
    });
    expect(summaryLine(summary)).toBe('1 passed, 2 failed, 3 skipped');
  });

  it('says nothing of skipped tests when there are none', () => {
    expect(summaryLine({ passed: 3, failed: 0, skipped: [] })).toBe('3 passed, 0 failed');
  });
});
