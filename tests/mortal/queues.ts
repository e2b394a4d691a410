/** Queues of processes that die, by address. They are started by the hundred: a client is loaded only where it is used. */
import type { Queue } from '@telos/core';
import { createLocalQueue } from '@telos/driver-local';

/** @param address `local:`, redis://... or postgres://... */
export async function openQueueAt(address: string): Promise<Queue> {
  if (address === 'local:') return createLocalQueue();
  const { openQueue } = await import('@telos/driver-bullmq');
  const { readAddress } = await import('@telos/driver-bullmq/address');
  const read = readAddress(address);
  if ('problem' in read) throw new Error(read.problem);
  return openQueue({ address: read.address, report: (message) => void process.stderr.write(`${message}\n`) });
}
