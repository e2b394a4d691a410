/** `telos keys`, `audit` and `callbacks`, as a person at a terminal sees them. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseApiKeys } from '@telos/api';
import { openSqliteStore } from '@telos/driver-sqlite';
import { anOwnedRun, runSucceeded } from '@telos/testkit';
import type { Store } from '@telos/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { runCommandLine } from './command-line.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-cli-'));
});

async function telos(...words: readonly string[]): Promise<{ code: number; output: string; complaints: string }> {
  let output = '';
  let complaints = '';
  const code = await runCommandLine(words, {
    environment: {},
    folder,
    isInteractive: true,
    hasColour: false,
    size: () => ({ columns: 160, rows: 40 }),
    write: (text) => (output += text),
    complain: (text) => (complaints += text),
    onInterrupt: () => () => {},
    now: () => Date.now(),
  });
  return { code, output, complaints };
}

async function inStore<T>(act: (store: Store) => Promise<T>): Promise<T> {
  mkdirSync(join(folder, '.telos'), { recursive: true });
  const store = await openSqliteStore({ path: join(folder, '.telos/telos.db') });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

describe('telos keys', () => {
  it('makes a key, and an entry that a server takes and that does not hold it', async () => {
    const { code, output } = await telos('keys', 'anna', '--roles', 'editor,legal');
    expect(code).toBe(0);
    const key = /telos_[\w-]{43}/.exec(output)?.[0] ?? '';
    const entry = /anna:editor\+legal=sha256:[0-9a-f]{64}/.exec(output)?.[0] ?? '';
    expect(key).not.toBe('');
    expect(entry).not.toContain(key);
    expect(parseApiKeys(entry).holders).toMatchObject([{ name: 'anna', roles: ['editor', 'legal'] }]);
    expect((await telos('keys', 'anna')).output).not.toContain(key);
  });

  it.each(['an na', '1st', 'a,b', ''])('refuses the name %j, which cannot stand before a key', async (name) => {
    expect((await telos('keys', name)).code).toBe(2);
  });
});

describe('telos keys add, list and revoke', () => {
  it('gives out a key that the store knows by its digest, shows all, and takes it back, which the audit log keeps', async () => {
    expect((await telos('keys')).output).toContain('No key is kept');
    const { code, output } = await telos('keys', 'add', 'anna', '--roles', 'editor,legal', '--expires', '90d');
    expect(code).toBe(0);
    const key = /telos_[\w-]{43}/.exec(output)?.[0] ?? '';
    const [kept] = await inStore(({ keys }) => keys.list());
    expect(kept).toMatchObject({ name: 'anna', roles: ['editor', 'legal'] });
    expect(kept?.digest).toBe(createHash('sha256').update(key).digest('hex'));
    expect((kept?.expiresAt ?? 0) - (kept?.createdAt ?? 0)).toBe(90 * 86_400_000);
    expect((await telos('keys', 'list')).output).toMatch(/anna-[0-9a-f]{8}  editor,legal .* good until 2/);
    expect((await telos('keys', 'revoke', 'anna')).output).toContain(`Revoked: ${kept?.id}.`);
    expect((await telos('keys')).output).toContain('revoked 2');
    const again = await telos('keys', 'revoke', kept?.id ?? '');
    expect(again.code).toBe(2);
    expect(again.complaints).toContain('was revoked before');
    const { output: log } = await telos('audit');
    expect(log).toMatch(/revokeKey +anna-.* command line\n.*addKey +anna-/s);
    expect(log).not.toContain(key);
  });

  it.each([
    [['add'], 'needs whom the key is given to'],
    [['revoke'], 'needs the id of a key'],
    [['revoke', 'nobody'], 'There is no key nobody.'],
    [['add', 'anna', '--roles', 'edtior'], 'did you mean editor?'],
    [['add', 'anna', '--expires', 'soon'], '--expires soon is no duration.'],
    [['anna', '--expires', '90d'], '--expires needs `telos keys add`'],
    [['remove', 'anna'], 'can add, list and revoke, not "remove"'],
  ] as const)('says what is wrong with %j', async (words, said) => {
    const { code, complaints } = await telos('keys', ...words);
    expect(code).toBe(2);
    expect(complaints).toContain(said);
  });
});

describe('telos audit', () => {
  it('lists who had what done, last first, and says when nothing is noted', async () => {
    expect((await telos('audit')).output).toContain('Nothing is noted.');
    await inStore(async ({ audit }) => {
      const entry = { at: 1000, address: '10.0.0.9', request: 'r' };
      await audit.append({ ...entry, by: 'anna', action: 'publishWorkflow', subject: 'brief' });
      await audit.append({ ...entry, by: 'bob', action: 'startRun', subject: 'run-1' });
    });
    const { output } = await telos('audit');
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(/bob +startRun +run-1 +10\.0\.0\.9/) as unknown,
      expect.stringMatching(/anna +publishWorkflow +brief/) as unknown,
    ]);
    expect((await telos('audit', '--by', 'anna')).output).not.toContain('bob');
    expect((await telos('audit', 'run-1')).output).not.toContain('anna');
  });
});

describe('telos callbacks', () => {
  const problem = { code: 'CALLBACK_REFUSED', kind: 'retryable', message: 'there.example answered 410.' } as const;

  it('tells which ends of runs could not be posted, and why, and posts one again', async () => {
    const callback = { url: 'https://there.example/ended?key=k', events: ['succeeded'] } as const;
    const run = await inStore(async (store) => {
      const lease = await anOwnedRun(store, { callback });
      await store.journal.append(lease, 1, [runSucceeded()]);
      const [taken] = await store.callbacks.take(1, 1000);
      if (taken !== undefined) await store.callbacks.settle(taken, { status: 'given_up', problem });
      return lease.run;
    });
    const { output } = await telos('callbacks');
    expect(output).toContain(run);
    expect(output).toContain('given up after 1 attempt (there.example answered 410.)');
    expect(output).not.toContain('key=k');
    const examined = (await telos('doctor')).output;
    expect(examined).toMatch(/callbacks: 1 given up/);
    expect(examined).toContain('telos callbacks');
    expect((await telos('show', run)).output).toContain('Posted to https://there.example/ended?...: given up');
    expect((await telos('callbacks', run)).code).toBe(0);
    expect(await inStore((store) => store.callbacks.get(run))).toMatchObject({ status: 'owed', attempts: 0 });
    const again = await telos('callbacks', run);
    expect(again.code).toBe(2);
    expect(again.complaints).toContain('cannot be posted again');
  });

  it('says that there is none', async () => {
    expect((await telos('callbacks')).output).toContain('none was given up');
  });
});
