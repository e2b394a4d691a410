import type { Clock, Store } from '@telos/core';
import { createFakeClock } from '../fake-clock.ts';
import type { OpenStore } from './open-store.ts';

/**
 * A store for the suite, of a driver that opens any number of handles on the same data.
 *
 * @param open Opens one more, which goes by this clock.
 */
export async function openHandles(open: (clock: Clock) => Promise<Store>): Promise<OpenStore> {
  const clock = createFakeClock();
  const handles: Store[] = [];
  const second = async () => {
    const handle = await open(clock);
    handles.push(handle);
    return handle;
  };
  const close = async () => {
    for (const handle of handles.splice(0)) await handle.close();
  };
  return {
    store: await second(),
    advance: (ms) => clock.advance(ms),
    second,
    async reopen() {
      await close();
      return second();
    },
    close,
  };
}
