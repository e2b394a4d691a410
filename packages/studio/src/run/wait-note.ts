import type { Route } from '../route.ts';
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

/** Where a person decides about the step: a plan has a page of its own. Undefined when there is nothing to decide. */
export function decisionAt(run: string, { status, wait }: StepNode): Route | undefined {
  const asked = status === 'waiting' && wait?.for.kind === 'approval' ? wait.for.purpose : undefined;
  if (asked === 'plan') return { page: 'objective', run };
  return asked !== undefined || status === 'in_doubt' || status === 'quarantined'
    ? { page: 'approvals', run }
    : undefined;
}
