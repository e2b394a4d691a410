/**
 * Who asks for something: a person by name, and the roles they act in.
 *
 * Behind an API key it is whoever the key was given to. Without keys the server
 * is for this machine alone, and so is the store for the command line: whoever is
 * there could do anything, so what they say of themselves is taken for true.
 */
import { TelosError } from '@telos/core';

export type Person = {
  readonly name?: string;
  readonly roles: readonly string[];
  /** The one whose runs they see and start; absent: those of all. */
  readonly namespace?: string;
};

export const nobody: Person = { roles: [] };

const one = /^[A-Za-z0-9][\w.@ -]{0,99}$/;

/**
 * Reads `anna, editors`: a name or a role first, roles behind it.
 *
 * @param what Where it stands, for the message.
 * @throws TelosError REQUEST_MALFORMED.
 */
export function readPerson(text: string, what: string): Person {
  const [name, ...roles] = text.split(',').map((part) => part.trim());
  if (name !== undefined && [name, ...roles].every((part) => one.test(part))) return { name, roles };
  throw new TelosError(
    'REQUEST_MALFORMED',
    `${what} names nobody: expected a name or a role, like \`anna\` or \`anna, editors\`.`,
    {
      details: { problems: [{ path: what, message: 'expected a name or a role' }] },
    },
  );
}

/** Whether one of those who are asked is this person, by name or in a role. Nobody named means anybody. */
export function isAmong(who: readonly string[], { name, roles }: Person): boolean {
  return who.length === 0 || who.some((asked) => asked === name || roles.includes(asked));
}
