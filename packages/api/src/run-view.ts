/** Pages of a run as folds of its journal; loads neither Fastify nor a driver. */
export { auditEntryView } from './audit-entry-view.ts';
export { readPayload } from './read-payload.ts';
export { approvalPayload, approvalView } from './run-view/approval-view.ts';
export { eventView } from './run-view/event-view.ts';
export { foldRun } from './run-view/fold-run.ts';
export type { FoldedAttempt, FoldedRun, FoldedStep } from './run-view/folded-run.ts';
export { asStored, comparedLimits, generousLimits, loadPayloads, tightLimits } from './run-view/payloads.ts';
export type { PayloadLimits, ShowPayload } from './run-view/payloads.ts';
export { readFold, readRun } from './run-view/read-run.ts';
export type { ReadRun } from './run-view/read-run.ts';
export { detailPayloads, runDetail } from './run-view/run-detail.ts';
export { runSummaryView } from './run-view/run-summary-view.ts';
export { spanIdOf, traceIdOf } from '@telos/core';
export { stepDefinitions } from './run-view/step-definitions.ts';
export { stepDetail, stepPayloads } from './run-view/step-detail.ts';
export { diffPayloads, diffRuns } from './steer/diff-runs.ts';
export { traceOf, tracePayloads } from './run-view/trace.ts';
export { waitingFor } from './run-view/waiting-for.ts';
