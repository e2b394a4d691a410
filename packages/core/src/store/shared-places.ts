/** Places that runs of one concurrency key share: what is said to those that find none. */
import { TelosError } from '../errors/telos-error.ts';
import type { Instant } from '../ids.ts';
import type { EventOf } from '../run/events.ts';
import type { Message } from '../run/message.ts';

/** What a run asks for that shares places with others. */
export type AskedPlace = NonNullable<EventOf<'run.created'>['concurrency']>;

/** When a run is due that nothing but a message, or a place, can wake. */
export const never: Instant = 9e15;

export function placesTaken({ key, max }: AskedPlace): TelosError {
  return new TelosError('CONCURRENCY_FULL', `${max} of ${max} runs of ${JSON.stringify(key)} are unfinished.`, {
    details: { key, max },
  });
}

/** An id that no signal can have (see `signalRun`): a signal of the same id would be taken for it. */
const replacedId = 'a newer run';

/** Posted to every run before one that is to replace them. */
export function replacedMessage(key: string): Message {
  return { id: replacedId, kind: 'cancel', reason: `A newer run took the place of ${key}.` };
}
