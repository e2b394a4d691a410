export { createLocalLive } from './local-live.ts';
export { createLocalQueue } from './local-queue.ts';
export { systemClock } from './system-clock.ts';
