export type { Problem, WorkerDeps } from './ports.ts';
export { startWorker } from './worker.ts';
export type { Worker, WorkerOptions } from './worker.ts';
