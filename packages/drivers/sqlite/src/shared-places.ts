/** Places that runs of one concurrency key share: who is let in, and who is next. Call inside a transaction. */
import type { DatabaseSync } from 'node:sqlite';
import type { RunId } from '@telos/core';
import { placesTaken, replacedMessage, storedRow } from '@telos/core/store';
import type { AskedPlace } from '@telos/core/store';
import { z } from 'zod';

export interface SharedPlaces {
  /** Whether a new run is let in (1) or waits (0). @throws TelosError CONCURRENCY_FULL. */
  ask(asked: AskedPlace): { readonly letIn: 0 | 1 };
  /** A run of this key has ended: lets in whose turn it is. */
  free(key: string): void;
}

const CountRow = z.object({ count: z.int() });
const NextRow = z.object({ number: z.int(), id: z.string(), places: z.int() });
const RunRow = z.object({ number: z.int(), id: z.string() });

/** @param woken Told of each run that has something to do now: one let in, one to be cancelled. */
export function sharedPlaces(database: DatabaseSync, woken: (run: RunId) => void): SharedPlaces {
  const ofKey = 'FROM runs INDEXED BY runs_sharing WHERE ended_at IS NULL AND concurrency = ?';
  const taken = database.prepare(`SELECT count(*) AS count ${ofKey} AND let_in = 1`);
  const next = database.prepare(`SELECT number, id, places ${ofKey} AND let_in = 0 ORDER BY number LIMIT 1`);
  const all = database.prepare(`SELECT number, id ${ofKey}`);
  const letIn = database.prepare('UPDATE runs SET let_in = 1, lease_until = 0 WHERE number = ?');
  const wake = database.prepare('UPDATE runs SET lease_until = 0 WHERE number = ? AND owner IS NULL');
  const insert = database.prepare('INSERT OR IGNORE INTO inbox (run, id, message) VALUES (?, ?, ?)');

  const takenBy = (key: string): number => storedRow(CountRow, taken.get(key), `places of ${key}`).count;

  function replaceAll(key: string): void {
    const message = replacedMessage(key);
    for (const stored of all.all(key)) {
      const { number, id } = storedRow(RunRow, stored, `places of ${key}`);
      insert.run(number, message.id, JSON.stringify(message));
      letIn.run(number);
      wake.run(number);
      woken(id);
    }
  }

  return {
    ask(asked) {
      const { key, max, whenFull } = asked;
      if (takenBy(key) < max) return { letIn: 1 };
      if (whenFull === 'reject') throw placesTaken(asked);
      if (whenFull === 'replace') replaceAll(key);
      return { letIn: 0 };
    },
    free(key) {
      for (;;) {
        const row = next.get(key);
        if (row === undefined) return;
        const { number, id, places } = storedRow(NextRow, row, `places of ${key}`);
        if (takenBy(key) >= places) return;
        letIn.run(number);
        woken(id);
      }
    },
  };
}
