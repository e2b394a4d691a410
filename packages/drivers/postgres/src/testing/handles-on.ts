import type { Store } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import type { OpenStore } from '@telos/testkit';
import { openPostgresStore } from '../open-postgres-store.ts';

/** Opens handles on one database, as the conformance suite wants them. Its data is shared by all tests. */
export async function handlesOn(url: string): Promise<OpenStore> {
  const clock = createFakeClock();
  const handles: Store[] = [];
  const open = async () => {
    const handle = await openPostgresStore({ url, clock });
    handles.push(handle);
    return handle;
  };
  const close = async () => {
    for (const handle of handles.splice(0)) await handle.close();
  };
  return {
    store: await open(),
    advance: (ms) => clock.advance(ms),
    second: open,
    async reopen() {
      await close();
      return open();
    },
    close,
  };
}
