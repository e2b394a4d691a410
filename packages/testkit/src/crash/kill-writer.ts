import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Store } from '@telos/core';
import { expect } from 'vitest';

const runs = 20;

/** The last acknowledged sequence of each run. */
export type Acknowledged = ReadonlyMap<string, number>;

/**
 * Kills a process in the middle of its appends.
 *
 * @param folder Where the imports of `open` are resolved.
 * @param open A module's text that imports what it needs and declares `const store`.
 */
export async function killWriter(folder: string, open: string): Promise<Acknowledged> {
  const writing = new URL('append-until-killed.ts', import.meta.url).href;
  const text = `
    import { appendUntilKilled } from ${JSON.stringify(writing)};
    ${open}
    await appendUntilKilled(store, ${runs});`;
  const writer = spawn(process.execPath, ['--conditions=source', '--no-warnings', '--input-type=module', '-e', text], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged = new Map<string, number>();
  let lines = 0;
  for await (const line of createInterface(writer.stdout)) {
    const [run = '', last] = line.split(' ');
    acknowledged.set(run, Number(last));
    lines += 1;
    if (lines === 3000) writer.kill('SIGKILL');
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
  expect(writer.signalCode).toBe('SIGKILL');
  expect(acknowledged.size).toBe(runs);
  return acknowledged;
}

/**
 * Expects every acknowledged event, no half of an append, no gap, a summary that fits, and a lease to be had.
 *
 * @param store Opened anew, at a time when the leases of the killed process have lapsed.
 */
export async function expectAcknowledged(store: Store, acknowledged: Acknowledged): Promise<void> {
  for (const [run, last] of acknowledged) {
    const recorded = await Array.fromAsync(store.journal.read(run));
    expect(recorded.length).toBeGreaterThanOrEqual(last);
    expect(recorded.length % 2).toBe(1);
    for (const [index, { seq, event }] of recorded.entries()) {
      expect(seq).toBe(index + 1);
      if (seq > 1) expect(event).toMatchObject({ path: `s${seq}` });
    }
    expect((await store.runs.get(run))?.seq).toBe(recorded.length);
    expect(await store.leases.acquire(run, 'next', 1000)).toMatchObject({ epoch: 2 });
  }
}
