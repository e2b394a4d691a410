/** Where chaos runs are kept and what rings for them, by address. */
import type { Queue, Store } from '@telos/core';
import { createLocalQueue } from '@telos/driver-local';

export async function openChaosStore(where: string): Promise<Store> {
  if (where.startsWith('postgres')) {
    const { openPostgresStore } = await import('@telos/driver-postgres');
    return openPostgresStore({ url: where });
  }
  const { openSqliteStore } = await import('@telos/driver-sqlite');
  return openSqliteStore({ path: where });
}

export async function openChaosQueue(bell: string): Promise<Queue> {
  if (bell === 'local:') return createLocalQueue();
  const { openQueue } = await import('@telos/driver-bullmq');
  const { readAddress } = await import('@telos/driver-bullmq/address');
  const read = readAddress(bell);
  if ('problem' in read) throw new Error(read.problem);
  const { address } = read;
  return openQueue({ address, report: (message) => void process.stderr.write(`${message}\n`) });
}
