/** What was asked of a run that nobody has taken up since: its steps still say that they wait. */
import type { Message } from '@telos/core';

export function askedLines(pending: readonly Message[]): readonly string[] {
  const asked = pending.flatMap((message) => wordsOf(message) ?? []);
  return asked.length === 0 ? [] : [`Asked for, and not carried out yet: ${asked.join(', ')}.`];
}

function wordsOf(message: Message): string | undefined {
  switch (message.kind) {
    case 'decide':
      return message.decision;
    case 'resolve':
      return `${message.as} ${message.path}`;
    case 'signal':
      return `signal ${message.name}`;
    case 'cancel':
    case 'pause':
    case 'resume':
      return message.kind;
    case 'limit':
    case 'outcome':
      return undefined; // between workers, not of a person
  }
}
