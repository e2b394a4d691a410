/** Use cases of runs and workflows, for the command line as for HTTP; loads neither Fastify nor a driver. */
export { checkWorkflow, locatedError } from './check-workflow.ts';
export { compileWorkflow } from './compile-workflow.ts';
export type { CompileApart, WorkflowSource } from './compile-workflow.ts';
export { publishWorkflow } from './publish-workflow.ts';
export type { PublishDeps, Published } from './publish-workflow.ts';
export { requirementProblems } from './requirement-problems.ts';
export type { RequirementDeps } from './requirement-problems.ts';
export { startRun } from './start-run.ts';
export type { StartedRun } from './start-program.ts';
export type { StartRun, StartRunDeps } from './start-run.ts';
export { approvalFilter, decide, decideAll, findWait } from './steer/approvals.ts';
export { forkRun, retryRun } from './steer/fork-run.ts';
export { readPerson } from './steer/person.ts';
export type { Person } from './steer/person.ts';
export { postMessage } from './steer/post-message.ts';
export { signalRun } from './steer/signal-run.ts';
export { waitForEnd } from './wait-for-end.ts';
