import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFakeClock } from '@telos/testkit';
import { expectAcknowledged, killWriter } from '@telos/testkit/crash/kill-writer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from './open-sqlite-store.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  file = path.join(folder, 'telos.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

const source = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);
// Not through the package's index, whose suites need a test runner around them.
const builders = (name: string) => source(`../../../testkit/src/builders/${name}`);

/** A process of its own that runs `script`, in which `store` is open. */
function child(script: string) {
  const text = `
    import { openSqliteStore } from ${source('open-sqlite-store.ts')};
    import { stepSucceeded } from ${builders('events.ts')};
    import { anOwnedRun } from ${builders('runs.ts')};
    const store = await openSqliteStore({ path: ${JSON.stringify(file)} });
    ${script}`;
  return spawn(process.execPath, ['--conditions=source', '--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('a process killed while it appends', () => {
  it.each(['full', 'normal'] as const)(
    'leaves every acknowledged event and no gap, with durability %s',
    async (durability) => {
      const options = JSON.stringify({ path: file, durability });
      const acknowledged = await killWriter(
        import.meta.dirname,
        `import { openSqliteStore } from './open-sqlite-store.ts'; const store = await openSqliteStore(${options});`,
      );
      const clock = createFakeClock(Date.now() + 3_600_000);
      const store = await openSqliteStore({ path: file, clock });
      await expectAcknowledged(store, acknowledged);
      await store.close();
    },
  );
});

describe('several processes', () => {
  it('may open a new file at once and write to it side by side', async () => {
    const children = Array.from({ length: 4 }, () =>
      child(`
        for (let run = 0; run < 5; run += 1) {
          const lease = await anOwnedRun(store);
          for (let last = 1; last < 20; ) last = await store.journal.append(lease, last, [stepSucceeded('a' + last)]);
        }
        await store.close();`),
    );
    const codes = await Promise.all(children.map(async (process) => (await once(process, 'exit'))[0] as unknown));
    expect(codes).toEqual([0, 0, 0, 0]);
    const store = await openSqliteStore({ path: file });
    const { items } = await store.runs.list({}, 200);
    expect(items).toHaveLength(20);
    for (const { id, seq } of items) {
      expect(seq).toBe(20);
      expect(await Array.fromAsync(store.journal.read(id))).toHaveLength(20);
    }
    await store.close();
  });
});
