import type { Config } from '../config/config.ts';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';

/** Whether the queue can be reached, and what about it will not go well. */
export async function examineQueue({ queue }: Pick<Config, 'queue'>): Promise<Finding[]> {
  const about = 'queue';
  if (queue.kind === 'local') {
    return [{ about, verdict: 'sound', message: 'local: runs are carried out by the process that holds them.' }];
  }
  try {
    const { examineQueue: examine } = await import('@telos/driver-bullmq');
    const { shown, server, requestMs, worries } = await examine(queue.address);
    const message = `${shown}, ${server}, answers in ${requestMs.toFixed(1)} ms.`;
    return [
      { about, verdict: 'sound', message },
      ...worries.map((worry): Finding => ({ about, verdict: 'worth_knowing', message: worry })),
    ];
  } catch (error) {
    return [broken(about, error)];
  }
}
