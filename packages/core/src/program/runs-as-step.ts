import { TelosError } from '../errors/telos-error.ts';
import type { Program } from './program.ts';

/**
 * Refuses a workflow that cannot run as a step of another: what it would catch, or do at last, belongs to the end of
 * a run, and a step does not end one. Left out in silence it would be missed when it is needed most.
 *
 * @throws TelosError UNSUPPORTED.
 */
export function assertRunsAsStep({ id, catch: handlers, finally: last }: Program): void {
  const what = handlers !== undefined ? 'catch' : last !== undefined ? 'finally' : undefined;
  if (what === undefined) return;
  throw new TelosError(
    'UNSUPPORTED',
    `The workflow ${id} has \`${what}\`, and such a one cannot be a step of another.`,
    {
      details: { workflow: id, key: what },
      next: `Write \`${what}\` in the workflow that runs ${id}; what its steps did is undone by their \`compensate\`.`,
    },
  );
}
