/** Why a command about a step is refused. */
import type { StepPath } from '../program/path.ts';
import type { Refusal } from './command.ts';
import type { StepState } from './state.ts';

export function stepNotReady(path: StepPath, step: StepState | undefined): Refusal {
  return {
    refused: 'STEP_NOT_READY',
    message: `Step ${path} is ${step?.status ?? 'pending'}; the command does not apply.`,
  };
}

export function staleAttempt(path: StepPath, named: number, current: number): Refusal {
  return { refused: 'STALE_ATTEMPT', message: `Step ${path} is at attempt ${current}; attempt ${named} is over.` };
}
