import { TelosError } from '../errors/telos-error.ts';
import type { RunId } from '../ids.ts';
import { Message } from '../run/message.ts';
import { storedJson, storedRow } from './stored-row.ts';

/** Reads a message as stored: its JSON text. @throws TelosError STORE_CORRUPT. */
export function messageOf(run: RunId, text: string): Message {
  return storedRow(Message, storedJson(text, `the inbox of run ${run}`), `the inbox of run ${run}`);
}

/** What is said to whoever posts a message to a run that has ended. */
export function inboxClosed(run: RunId): TelosError {
  return new TelosError('RUN_FINISHED', `Run ${run} has ended; it takes no messages.`, { details: { run } });
}
