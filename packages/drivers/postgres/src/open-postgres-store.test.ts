import type { Store } from '@telos/core';
import { createFakeClock, describeStore } from '@telos/testkit';
import { afterAll, describe } from 'vitest';
import { openPostgresStore } from './open-postgres-store.ts';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase();

describe.each(['on', 'off'])('with prepared statements %s', (prepare) => {
  const schema = database.newSchema(`&prepare=${prepare}`);
  afterAll(() => schema.drop());

  describeStore('in PostgreSQL', async () => {
    const clock = createFakeClock();
    const handles: Store[] = [];
    const open = async () => {
      const handle = await openPostgresStore({ url: schema.url, clock });
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
      close: closeAll,
    };
  });
});
