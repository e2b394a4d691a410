import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const Module = z.object({ isCurrent: z.function({ input: [z.string()], output: z.boolean() }) });

/** A small repository around a copy of the file under test, every file of which is a minute old. */
let root: string;
let made: string;
const minuteAgo = new Date(Date.now() - 60_000);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'telos-current-'));
  for (const folder of [
    'packages/cli/bin',
    'packages/cli/bundle',
    'packages/core/src/run',
    'packages/drivers/sqlite/src',
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  cpSync(join(import.meta.dirname, '../bin/is-current.js'), join(root, 'packages/cli/bin/is-current.js'));
  writeFileSync(join(root, 'packages/cli/package.json'), '{ "type": "module" }');
  for (const file of [
    'packages/core/src/run/a.ts',
    'packages/core/src/run/b.ts',
    'packages/drivers/sqlite/src/c.ts',
    'pnpm-lock.yaml',
  ]) {
    writeFileSync(join(root, file), '');
  }
  made = join(root, 'packages/cli/bundle/main.js');
  writeFileSync(made, '');
  const old = [
    'pnpm-lock.yaml',
    'packages/core/src',
    'packages/core/src/run',
    'packages/core/src/run/a.ts',
    'packages/core/src/run/b.ts',
  ];
  for (const file of [...old, 'packages/drivers/sqlite/src', 'packages/drivers/sqlite/src/c.ts']) {
    utimesSync(join(root, file), minuteAgo, minuteAgo);
  }
  utimesSync(made, new Date(Date.now() - 30_000), new Date(Date.now() - 30_000));
});

async function isCurrent(): Promise<boolean> {
  const file: unknown = await import(pathToFileURL(join(root, 'packages/cli/bin/is-current.js')).href);
  return Module.parse(file).isCurrent(made);
}

describe('the bundle', () => {
  it('is current while nothing that it was made from has changed', async () => {
    expect(await isCurrent()).toBe(true);
  });

  it.each([
    ['a source changes', (): void => writeFileSync(join(root, 'packages/core/src/run/a.ts'), 'x')],
    ['a source of a driver changes', (): void => writeFileSync(join(root, 'packages/drivers/sqlite/src/c.ts'), 'x')],
    ['a source is removed', (): void => rmSync(join(root, 'packages/core/src/run/b.ts'))],
    ['other versions are installed', (): void => writeFileSync(join(root, 'pnpm-lock.yaml'), 'x')],
    ['it is not there', (): void => rmSync(made)],
  ])('is not current when %s', async (_, change) => {
    change();
    expect(await isCurrent()).toBe(false);
  });

  it('stays current when a test changes', async () => {
    writeFileSync(join(root, 'packages/core/src/run/a.test.ts'), '');
    utimesSync(join(root, 'packages/core/src/run'), minuteAgo, minuteAgo);
    expect(await isCurrent()).toBe(true);
  });
});
