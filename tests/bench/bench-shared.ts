/** What processes share beside the store, as `telos serve` has it: a queue of this process alone, or the one of a URL. */
import type { Live, Queue } from '@telos/core';
import { createLocalLive, createLocalQueue } from '@telos/driver-local';

export type BenchShared = {
  readonly queue: Queue;
  readonly live: Live;
  /** Whether other processes could serve the queue too. */
  readonly elsewhere: boolean;
  close(): Promise<void>;
};

/** @param queueUrl As TELOS_QUEUE_URL. */
export async function openBenchShared(queueUrl: string | undefined): Promise<BenchShared> {
  if (queueUrl === undefined) {
    const queue = createLocalQueue();
    return { queue, live: createLocalLive(), elsewhere: false, close: () => queue.close() };
  }
  const { openLive, openQueue } = await import('@telos/driver-bullmq');
  const { readAddress } = await import('@telos/driver-bullmq/address');
  const read = readAddress(queueUrl);
  if ('problem' in read) throw new Error(`${queueUrl}: ${read.problem}`);
  const { address } = read;
  const queue = openQueue({ address, report: (message) => process.stderr.write(`${message}\n`) });
  const live = openLive(address);
  return {
    queue,
    live,
    elsewhere: true,
    close: async () => void (await Promise.all([queue.close(), live.close()])),
  };
}
