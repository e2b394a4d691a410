import { Namespace } from '@telos/contract';
import { priorities, TelosError } from '@telos/core';
import type { Priority } from '@telos/core';
import { nearest } from '@telos/language/text';

/** Whose a run is, and how many turns it gets. @throws TelosError USAGE. */
export function readTerms(given: { readonly namespace: string | undefined; readonly priority: string | undefined }): {
  readonly namespace?: string;
  readonly priority?: Priority;
} {
  const { namespace } = given;
  if (namespace !== undefined && !Namespace.safeParse(namespace).success)
    throw new TelosError('USAGE', `${namespace} is no namespace.`, {
      next: 'Name one with 63 lower-case letters, digits, `_`, `.` or `-` at most, like team-a.',
    });
  const priority = given.priority === undefined ? undefined : priorityOf(given.priority);
  return { ...(namespace === undefined ? {} : { namespace }), ...(priority === undefined ? {} : { priority }) };
}

function priorityOf(word: string): Priority {
  const known = priorities.find((one) => one === word);
  if (known !== undefined) return known;
  const near = nearest(word, priorities);
  throw new TelosError('USAGE', `There is no priority ${word}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: `A run has one of ${priorities.join(', ')}.`,
  });
}
