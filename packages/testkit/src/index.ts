export * from './builders/events.ts';
export * from './builders/programs.ts';
export * from './builders/runs.ts';
export { createFakeClock } from './fake-clock.ts';
export type { FakeClock } from './fake-clock.ts';
export { describeQueue } from './queue/describe-queue.ts';
export { describeStore } from './store/describe-store.ts';
export type { OpenStore } from './store/describe-store.ts';
export type { Skip, SuiteOptions } from './suite.ts';
