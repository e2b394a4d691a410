import type { Clock, Limiter } from '@telos/core';
import { createLocalLimiter } from '@telos/driver-local';
import type { Config } from '../config/config.ts';

/** Rate limits, counted by all processes that share a queue, else by this one alone. Opened by the first call that is limited. */
export function openLimiter({ queue }: Pick<Config, 'queue'>, clock: Clock): Limiter {
  if (queue.kind === 'local') return createLocalLimiter(clock);
  const { address } = queue;
  let opened: Promise<Limiter> | undefined;
  const open = (): Promise<Limiter> =>
    (opened ??= import('@telos/driver-bullmq').then((driver) => driver.openLimiter({ address, clock })));
  return {
    take: async (...asked) => (await open()).take(...asked),
    give: async (...given) => (await open()).give(...given),
    close: async () => (await opened)?.close(),
  };
}
