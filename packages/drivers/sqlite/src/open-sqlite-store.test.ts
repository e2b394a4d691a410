import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Store } from '@telos/core';
import { createFakeClock, describeStore } from '@telos/testkit';
import { openSqliteStore } from './open-sqlite-store.ts';

describeStore('in an SQLite file', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  const clock = createFakeClock();
  const handles: Store[] = [];
  const open = async () => {
    const handle = await openSqliteStore({ path: path.join(folder, 'telos.db'), clock });
    handles.push(handle);
    return handle;
  };
  const closeAll = async () => {
    for (const handle of handles.splice(0)) await handle.close();
  };
  return {
    store: await open(),
    advance: (ms) => clock.advance(ms),
    second: open,
    async reopen() {
      await closeAll();
      return open();
    },
    async close() {
      await closeAll();
      rmSync(folder, { recursive: true });
    },
  };
});
