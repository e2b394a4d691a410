import { openHandles } from '@telos/testkit';
import type { OpenStore } from '@telos/testkit';
import { openPostgresStore } from '../open-postgres-store.ts';

/** Opens handles on one database, as the conformance suite wants them. Its data is shared by all tests. */
export function handlesOn(url: string): Promise<OpenStore> {
  return openHandles((clock) => openPostgresStore({ url, clock }));
}
