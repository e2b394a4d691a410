export type { Address } from './address.ts';
export { examineQueue } from './examine-queue.ts';
export { openLimiter } from './open-limiter.ts';
export { openLive } from './open-live.ts';
export { openQueue } from './open-queue.ts';
