import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Clock, RunId } from '@telos/core';
import { createChangeBell, storedRow } from '@telos/core/store';
import type { ChangeBell, LookForChanges } from '@telos/core/store';
import { z } from 'zod';

const pollMs = 50;

const MessageRow = z.object({ number: z.int(), run: z.string() });
const NumberRow = z.object({ number: z.int() });

/** A bell that notices the changes of other processes by asking SQLite whether the file has changed. */
export function sqliteBell(database: DatabaseSync, clock: Clock): ChangeBell {
  const dataVersion = database.prepare('PRAGMA data_version');
  const lastMessage = database.prepare(
    "SELECT coalesce(max(seq), 0) AS number FROM sqlite_sequence WHERE name = 'inbox'",
  );
  const newMessages = database.prepare(`
    SELECT inbox.number, runs.id AS run FROM inbox JOIN runs ON runs.number = inbox.run
    WHERE inbox.number > ? ORDER BY inbox.number`);

  function begin(): LookForChanges {
    // Nothing is known yet, so the first look finds a change and wakes everybody once, which is harmless.
    let version: SQLOutputValue | undefined;
    let messagesSeen = storedRow(NumberRow, lastMessage.get(), 'the inbox').number;
    return ({ followed, messages }) => {
      const now = dataVersion.get()?.['data_version'];
      if (now === version) return { runs: [], messages: [] };
      version = now;
      const told: RunId[] = [];
      for (const row of messages ? newMessages.all(messagesSeen) : []) {
        const message = storedRow(MessageRow, row, 'the inbox');
        messagesSeen = message.number;
        told.push(message.run);
      }
      return { runs: followed, messages: told };
    };
  }

  return createChangeBell(begin, { clock, pollMs, failedMs: pollMs });
}
