import { promptFile } from './prompt-file.ts';

export const promptVersion = 'plan.v2';

/** Of the planner's prompt. */
export const promptPart = promptFile(promptVersion, ['system', 'request', 'replan', 'rejected', 'repair']);
