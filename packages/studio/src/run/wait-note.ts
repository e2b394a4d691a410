import type { StepNode } from './run-model.ts';

/** What a step waits for, in a few words beside its name; undefined when it does not wait. */
export function waitNote({ status, wait, retryAt }: StepNode): string | undefined {
  if (status === 'in_doubt') return 'in doubt: did it happen?';
  if (status === 'quarantined') return 'stands aside for a person';
  if (status !== 'waiting') return undefined;
  if (wait === undefined) return retryAt === undefined ? undefined : 'is tried again';
  switch (wait.for.kind) {
    case 'time':
      return 'sleeps';
    case 'signal':
      return `waits for the signal ${wait.for.name}`;
    case 'approval':
      return {
        step: 'waits for a decision',
        gate: 'waits for a person: its gate was not passed',
        permission: 'waits for leave to run',
        rail: 'waits for a person: a rail asks',
        plan: 'waits for a decision about its plan',
      }[wait.for.purpose];
  }
}

/** Whether a person can decide about the step. */
export function isToBeDecided({ status, wait }: StepNode): boolean {
  if (status === 'in_doubt' || status === 'quarantined') return true;
  return status === 'waiting' && wait?.for.kind === 'approval';
}

/** Whether what is to be decided is a plan, which has a page of its own. */
export function isAboutPlan({ wait }: StepNode): boolean {
  return wait?.for.kind === 'approval' && wait.for.purpose === 'plan';
}
