/**
 * The bell that wakes followers of runs and listeners for messages.
 *
 * Changes made through this store ring at once. Changes made by other processes
 * are noticed by asking SQLite, every `pollMs` while somebody listens, whether
 * the file has changed; then every follower looks for itself.
 */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Clock, RunId } from '@telos/core';
import { z } from 'zod';
import { storedRow } from './stored-row.ts';

export interface ChangeBell {
  /** Whether anybody follows the run: if not, there is no need to ring. */
  isFollowed(run: RunId): boolean;
  /** Events of the run are durable. */
  ringRun(run: RunId): void;
  /** A message to the run is durable. */
  ringMessage(run: RunId): void;
  /** `listener` is called when the run may have new events, and when the store closes. Gives back how to stop. */
  onRun(run: RunId, listener: () => void): () => void;
  onMessage(listener: (run: RunId) => void): () => void;
  /** Wakes all followers a last time and stops polling. */
  close(): void;
}

const pollMs = 50;

const MessageRow = z.object({ number: z.int(), run: z.string() });
const NumberRow = z.object({ number: z.int() });

export function changeBell(database: DatabaseSync, clock: Clock): ChangeBell {
  const dataVersion = database.prepare('PRAGMA data_version');
  const lastMessage = database.prepare(
    "SELECT coalesce(max(seq), 0) AS number FROM sqlite_sequence WHERE name = 'inbox'",
  );
  const newMessages = database.prepare(`
    SELECT inbox.number, runs.id AS run FROM inbox JOIN runs ON runs.number = inbox.run
    WHERE inbox.number > ? ORDER BY inbox.number`);
  const followers = new Map<RunId, Set<() => void>>();
  const listeners = new Set<(run: RunId) => void>();
  let polling: AbortController | undefined;
  let messagesSeen = 0;
  let closed = false;

  function lookForChanges(before: SQLOutputValue | undefined): SQLOutputValue | undefined {
    const version = dataVersion.get()?.['data_version'];
    if (version === before) return version;
    wakeFollowers();
    if (listeners.size > 0) {
      for (const row of newMessages.all(messagesSeen)) {
        const message = storedRow(MessageRow, row, 'the inbox');
        messagesSeen = message.number;
        ringMessage(message.run);
      }
    }
    return version;
  }

  async function poll(signal: AbortSignal): Promise<void> {
    // Nothing is known yet, so the first look finds a change and wakes everybody once, which is harmless.
    let version: SQLOutputValue | undefined;
    for (;;) {
      await clock.sleep(pollMs, signal);
      if (signal.aborted) return;
      try {
        version = lookForChanges(version);
      } catch {
        // The file is busy or broken: followers meet that themselves and tell their callers.
        wakeFollowers();
      }
    }
  }

  function wakeFollowers(): void {
    for (const waiting of followers.values()) for (const wake of waiting) wake();
  }

  function startOrStop(): void {
    const wanted = !closed && (followers.size > 0 || listeners.size > 0);
    if (wanted && polling === undefined) {
      polling = new AbortController();
      void poll(polling.signal);
    } else if (!wanted) {
      polling?.abort();
      polling = undefined;
    }
  }

  function ringMessage(run: RunId): void {
    for (const listener of listeners) listener(run);
  }

  return {
    isFollowed: (run) => followers.has(run),
    ringRun(run) {
      for (const wake of followers.get(run) ?? []) wake();
    },
    ringMessage,
    onRun(run, listener) {
      const waiting = followers.get(run) ?? new Set();
      waiting.add(listener);
      followers.set(run, waiting);
      startOrStop();
      return () => {
        waiting.delete(listener);
        if (waiting.size === 0 && followers.get(run) === waiting) followers.delete(run);
        startOrStop();
      };
    },
    onMessage(listener) {
      if (listeners.size === 0) messagesSeen = storedRow(NumberRow, lastMessage.get(), 'the inbox').number;
      listeners.add(listener);
      startOrStop();
      return () => {
        listeners.delete(listener);
        startOrStop();
      };
    },
    close() {
      closed = true;
      startOrStop();
      listeners.clear();
      wakeFollowers();
    },
  };
}
