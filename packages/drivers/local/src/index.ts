export { createLocalLimiter } from './local-limiter.ts';
export { createLocalLive } from './local-live.ts';
export { createLocalQueue } from './local-queue.ts';
export { isProcessGone, ownerOfThisProcess } from './process-owner.ts';
export { boundMemory } from './bound-memory.ts';
export { systemClock } from './system-clock.ts';
