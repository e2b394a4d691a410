export type { Problem, WorkerDeps } from './ports.ts';
export { prune } from './retention/prune.ts';
export type { Pruned, RetentionPolicy } from './retention/prune.ts';
export { prunedText, retentionMark, startRetention } from './retention/start-retention.ts';
export { createEngineMetrics } from './metrics/engine-metrics.ts';
export type { EngineMetrics } from './metrics/engine-metrics.ts';
export { startWorker } from './worker.ts';
export type { Worker, WorkerOptions } from './worker.ts';
