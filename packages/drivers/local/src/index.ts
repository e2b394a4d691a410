export { createLocalLive } from './local-live.ts';
export { createLocalQueue } from './local-queue.ts';
export { isProcessGone, ownerOfThisProcess } from './process-owner.ts';
export { systemClock } from './system-clock.ts';
