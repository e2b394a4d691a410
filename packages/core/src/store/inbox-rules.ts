import { z } from 'zod';
import { TelosError } from '../errors/telos-error.ts';
import type { RunId } from '../ids.ts';
import type { Message } from '../ports/store.ts';
import { storedJson, storedRow } from './stored-row.ts';

const StoredMessage: z.ZodType<Message> = z.object({ id: z.string(), kind: z.literal('cancel'), reason: z.string() });

/** Reads a message as stored: its JSON text. @throws TelosError STORE_CORRUPT. */
export function messageOf(run: RunId, text: string): Message {
  return storedRow(StoredMessage, storedJson(text, `the inbox of run ${run}`), `the inbox of run ${run}`);
}

/** What is said to whoever posts a message to a run that has ended. */
export function inboxClosed(run: RunId): TelosError {
  return new TelosError('RUN_FINISHED', `Run ${run} has ended; it takes no messages.`, { details: { run } });
}
