import type { DatabaseSync, StatementResultingChanges, StatementSync } from 'node:sqlite';
import { defaultNamespace, defaultPriority, firstEpoch, isTerminal, summaryChange, waitingChange } from '@telos/core';
import type {
  Created,
  Journal,
  Lease,
  NewRun,
  Recorded,
  RunEvent,
  RunId,
  Sequence,
  SummaryChange,
  WaitingChange,
} from '@telos/core';
import {
  appendRefusal,
  createdRun,
  earlierRun,
  endsRun,
  followJournal,
  journalPageRows,
  never,
  storedRow,
} from '@telos/core/store';
import type { ChangeBell } from '@telos/core/store';
import { z } from 'zod';
import { blobUses } from './blob-uses.ts';
import type { GroupCommit } from './group-commit.ts';
import type { RunHead, RunHeads } from './run-heads.ts';
import { readPages } from './read-pages.ts';
import { newJournals } from './new-journals.ts';
import type { Reading } from './reading.ts';
import { sharedPlaces } from './shared-places.ts';
import { resultCodeOf } from './store-failure.ts';
import { storedEvents } from './stored-events.ts';
import { waitsWriter } from './waits.ts';

/** What an append adds, taken down when it is called: the caller may change the events afterwards. */
type Addition = {
  readonly count: number;
  readonly text: string;
  readonly ends: boolean;
  readonly change: SummaryChange | undefined;
  readonly waiting: WaitingChange | undefined;
};

/** SQLite's code for a row that breaks a rule of its table. */
const constraint = 19;

const IdempotencyRow = z.object({ body: z.string(), run: z.string() });

/** Told of what a write has stored, before it is durable: who listens hears of it afterwards. */
export type Written = {
  /** Events of the run. */
  readonly appended: (run: RunId) => void;
  /** A message to the run, or that it is let in. */
  readonly woken: (run: RunId) => void;
};

export function sqliteJournal(
  database: DatabaseSync,
  commits: GroupCommit,
  heads: RunHeads,
  bell: ChangeBell,
  { appended, woken }: Written,
  now: () => number,
  reading: Reading,
): Journal {
  const insertRun = database.prepare(`
    INSERT INTO runs (id, workflow, program, status, created_at, tags, namespace, priority, fork_of, concurrency, places,
      let_in, owner, epoch, lease_until)
    VALUES (?, ?, ?, 'pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertTag = database.prepare('INSERT OR IGNORE INTO run_tags (tag, created_at, run) VALUES (?, ?, ?)');
  const insertEvents = database.prepare('INSERT INTO journal (run, last, epoch, events) VALUES (?, ?, ?, ?)');
  const insertCallback = database.prepare('INSERT INTO callbacks (run, url, events, secret) VALUES (?, ?, ?, ?)');
  const oweCallback = database.prepare('UPDATE callbacks SET due_at = 0 WHERE run = ?');
  const insertKey = database.prepare('INSERT INTO idempotency (key, body, run) VALUES (?, ?, ?)');
  const standing = database.prepare('SELECT 1 FROM journal WHERE run = ? AND last = ? AND epoch = ? AND events = ?');
  const selectKey = database.prepare(`
    SELECT idempotency.body, runs.id AS run FROM idempotency JOIN runs ON runs.number = idempotency.run WHERE key = ?`);
  const deleteMessage = database.prepare('DELETE FROM inbox WHERE run = ? AND id = ?');
  const deleteMessages = database.prepare('DELETE FROM inbox WHERE run = ?');
  // What was called off stays until its worker has been told.
  const deleteClaims = database.prepare('DELETE FROM claims WHERE run = ? AND off <> 1');
  const changeSummary = summaryWriter(database);
  const waits = waitsWriter(database);
  const uses = blobUses(database);
  const places = sharedPlaces(database, (run) => {
    heads.get(run).hasMore = true;
    woken(run);
  });
  const events = storedEvents(database);
  const fresh = newJournals();

  function startedBy(idempotency: NonNullable<NewRun['idempotency']>): Created | undefined {
    const { key } = idempotency;
    const row = selectKey.get(key);
    return row && earlierRun(idempotency, storedRow(IdempotencyRow, row, `idempotency key ${key}`));
  }

  function create(run: NewRun, text: string, more: readonly RunEvent[]): Created {
    const earlier = run.idempotency === undefined ? undefined : startedBy(run.idempotency);
    if (earlier !== undefined) return earlier;
    const { workflow, program, at, tags = [], concurrency, fork } = run.created;
    const place = concurrency === undefined ? undefined : places.ask(concurrency);
    const owner = place?.letIn === 0 ? undefined : run.owner;
    const epoch = owner === undefined ? 0 : firstEpoch;
    const number = insertNew(run.id, () =>
      insertRun.run(
        run.id,
        workflow,
        program,
        at,
        JSON.stringify(tags),
        run.created.namespace ?? defaultNamespace,
        run.created.priority ?? defaultPriority,
        fork?.run ?? null,
        concurrency?.key ?? null,
        concurrency?.max ?? null,
        place?.letIn ?? null,
        owner?.id ?? null,
        epoch,
        owner === undefined ? (place?.letIn === 0 ? never : 0) : now() + owner.ttlMs,
      ),
    );
    for (const tag of tags) insertTag.run(tag, at, number);
    const last = 1 + more.length;
    insertEvents.run(number, last, 0, text);
    uses.note(number, text);
    const change = summaryChange(more);
    if (change !== undefined) changeSummary(number, change);
    if (run.idempotency !== undefined) insertKey.run(run.idempotency.key, run.idempotency.body, number);
    if (run.callback !== undefined) {
      const { url, events: endings, secret = null } = run.callback;
      insertCallback.run(number, url, JSON.stringify(endings), secret);
    }
    const shared = concurrency?.key ?? null;
    fresh.keep(run.id, text);
    heads.add(run.id, { number, epoch, last, finished: false, concurrency: shared, hasMore: false });
    appended(run.id);
    return createdRun(run, owner !== undefined);
  }

  /** Of a new run, as long as it has no other: another connection may have gone on with it. */
  function firstRow(run: RunId): readonly Recorded[] | undefined {
    const row = fresh.take(run);
    return row !== undefined && heads.current(run)?.last === row.length ? row : undefined;
  }

  function append(lease: Lease, after: Sequence, added: Addition, settles: readonly string[]): Sequence {
    const head = heads.get(lease.run);
    const { count, text } = added;
    const refusal = appendRefusal(head, lease, after, count);
    if (refusal !== undefined) {
      if (count > 0 && standing.get(head.number, after + count, lease.epoch, text) !== undefined) return after + count;
      throw refusal;
    }
    if (count > 0) {
      head.last += count;
      insertEvents.run(head.number, head.last, lease.epoch, text);
      uses.note(head.number, text);
      if (added.change !== undefined) changeSummary(head.number, added.change);
      if (added.waiting !== undefined) changeWaits(head, added.waiting);
      head.finished = added.ends;
      if (added.ends) oweCallback.run(head.number);
      if (added.ends && head.concurrency !== null) places.free(head.concurrency);
      appended(lease.run);
    }
    for (const id of settles) deleteMessage.run(head.number, id);
    return after + count;
  }

  function changeWaits(head: RunHead, waiting: WaitingChange): void {
    if (waiting.all) {
      if (!head.hasMore) return;
      waits.clear(head.number);
      deleteClaims.run(head.number);
      deleteMessages.run(head.number);
      return;
    }
    waits.change(head.number, waiting);
    if (waiting.begun.length > 0) head.hasMore = true;
  }

  return {
    async create(run) {
      const { more = [] } = run;
      const text = JSON.stringify([run.created, ...more]);
      return commits.submit(() => create(run, text, more));
    },

    async startedBy(idempotency) {
      return reading(() => startedBy(idempotency))?.run;
    },

    append(lease, after, batch, settles = []) {
      let added: Addition;
      try {
        added = {
          count: batch.length,
          text: JSON.stringify(batch),
          ends: endsRun(lease, batch),
          change: summaryChange(batch),
          waiting: waitingChange(batch, after),
        };
      } catch (error) {
        return Promise.reject(error);
      }
      const settled = settles.length === 0 ? settles : [...settles];
      return commits.submit(() => append(lease, after, added, settled));
    },

    read: (run, after = 0) =>
      readPages<Recorded, Sequence>((end = after) => {
        const page = reading(() => (end === 0 ? firstRow(run) : undefined) ?? events.page(run, end));
        const last = page.at(-1);
        // Every row holds an event: of a page with fewer events than it has room for rows, there is no next.
        const isLast = last === undefined || page.length < journalPageRows || isTerminal(last.event);
        return { page, next: isLast ? undefined : last.seq };
      }),

    follow(run, after, signal) {
      const look = (last: Sequence) =>
        reading(() => {
          const finished = events.hasEnded(run);
          return { finished, page: events.page(run, last) };
        });
      return followJournal(bell, look, run, after, signal);
    },
  };
}

/** Its index refuses an id that there is: to look first would cost half as much again. */
function insertNew(run: RunId, insert: () => StatementResultingChanges): number {
  try {
    return Number(insert().lastInsertRowid);
  } catch (error) {
    if (resultCodeOf(error) !== constraint) throw error;
    // No refusal, after which the rest of the write would be kept.
    throw new Error(`There already is a run ${run}.`, { cause: error });
  }
}

/** Writes what changed and nothing else: each column named in an UPDATE costs the indexes that hold it. */
function summaryWriter(database: DatabaseSync): (number: number, change: SummaryChange) => void {
  const status = database.prepare('UPDATE runs SET status = ? WHERE number = ?');
  const started = database.prepare('UPDATE runs SET status = ?, started_at = ? WHERE number = ?');
  const ended = database.prepare('UPDATE runs SET status = ?, ended_at = ?, error = ? WHERE number = ?');
  const begun = database.prepare('UPDATE runs SET started_at = ? WHERE number = ?');
  const usage = database.prepare(`
    UPDATE runs SET input_tokens = input_tokens + ?, output_tokens = output_tokens + ?, ms = ms + ?, calls = calls + ?
    WHERE number = ?`);
  const gates = database.prepare('UPDATE runs SET gates = gates + ?, gate_score = gate_score + ? WHERE number = ?');
  const usd: StatementSync = database.prepare('UPDATE runs SET usd = usd + ? WHERE number = ?');
  return (number, change) => {
    if (change.status !== undefined) {
      const { startedAt, endedAt, error } = change;
      if (endedAt !== undefined) {
        ended.run(change.status, endedAt, error === undefined ? null : JSON.stringify(error), number);
        if (startedAt !== undefined) begun.run(startedAt, number);
      } else if (startedAt === undefined) status.run(change.status, number);
      else started.run(change.status, startedAt, number);
    }
    if (change.gates !== undefined) gates.run(change.gates.count, change.gates.score, number);
    if (change.usage !== undefined) {
      const { input_tokens, output_tokens, ms, calls } = change.usage;
      usage.run(input_tokens, output_tokens, ms, calls, number);
      if (change.usage.usd !== 0) usd.run(change.usage.usd, number);
    }
  };
}
