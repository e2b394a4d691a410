/**
 * Group commit: all writes that arrive while a commit is under way go out in the
 * next, as one statement, which is one transaction. A round trip and a flush to
 * disk cost the same for one write as for a hundred, so throughput grows with
 * the number of runs in flight.
 *
 * Whoever starts a run waits for that, and does not wait for what runs under way
 * have to write: while a commit is, new runs go out in one beside it, with what
 * their owners have to append. The server merges the flushes of the two.
 *
 * The server judges each write by itself: one that is refused leaves the others
 * as they are. Only what the server cannot take at all, such as a second run of
 * the same id, breaks the statement; then each write is tried by itself. A failure
 * of the server fails all writes of the group, and whether they were stored is
 * not known: whoever makes an append again finds out.
 */
import { TelosError } from '@telos/core';
import type { RunId } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { codeOf, storeFailureOf } from '../store-failure.ts';
import { formBeginnings, formGroup, writesOf } from './form-group.ts';
import type { Group } from './form-group.ts';
import { groupStatement } from './group-statement.ts';
import { isFinal, readAnswer, settleGroup } from './settle-group.ts';
import type { Answer } from './settle-group.ts';
import type { Write, WriteOf } from './write.ts';

/** What became of a group: the server's answer, or why there is none. */
type Outcome = { readonly read: Answer } | { readonly error: unknown };

/** What each kind of write comes to. */
type Outcomes = { readonly [W in Write as W['kind']]: Parameters<W['resolve']>[0] };
type Submitted<K extends Write['kind']> = Omit<WriteOf<K>, 'resolve' | 'reject'>;

export interface GroupCommit {
  submit<K extends Write['kind']>(write: Submitted<K> & { readonly kind: K }): Promise<Outcomes[K]>;
  /** Commits what has been submitted, and refuses everything after. */
  close(): Promise<void>;
}

type Commit = Database['commit'];

const Row = z.object({ answer: z.unknown() });

/** The transaction was undone because of others that ran at the same time: it may be tried again at once. */
const conflict = /^(40001|40P01)$/;
/** A session holds the row of some run locked, which must not keep the others waiting. */
const locked = '55P03';

/**
 * @param onWoken Told of each run that has something to do now although nobody wrote to it.
 * @param now The store's time; the server's own when absent.
 */
export function groupCommit(
  database: Database,
  schema: string,
  onWoken: (run: RunId) => void,
  now?: () => number,
): GroupCommit {
  let waiting: Write[] = [];
  let pumping: Promise<void> | undefined;
  let beginning: Promise<void> | undefined;
  /** Runs of the group beside, while it is under way. */
  let created: ReadonlySet<RunId> = new Set();
  let closed = false;

  async function pump(): Promise<void> {
    // All that one turn of the event loop brings goes out together.
    await new Promise(setImmediate);
    for (let sent = send(); sent !== undefined;) {
      const { group, answer } = sent;
      const outcome = await answer;
      // The next group is on its way while callers go on with what this one brought them.
      const next = 'read' in outcome && isFinal(outcome.read) ? send() : undefined;
      await tell(group, outcome, database.commit);
      sent = next ?? send();
    }
    pumping = undefined;
  }

  /** Begins to store what waits, as much as goes together; undefined when nothing does. */
  function send(): { readonly group: Group; readonly answer: Promise<Outcome> } | undefined {
    if (waiting.length === 0) return undefined;
    const { group, left } = formGroup(waiting, created);
    if (left.length === waiting.length) return undefined;
    waiting = [...left];
    return { group, answer: store(group, database.commit) };
  }

  /** Has new runs stored beside the commit that is under way, as long as one is. */
  async function begin(commit: Commit): Promise<void> {
    // Where none is, all that waits has gone out by then.
    await new Promise(setImmediate);
    while (pumping !== undefined) {
      const { group, left } = formBeginnings(waiting);
      if (group.create.length === 0) break;
      waiting = [...left];
      created = new Set(group.create.map(({ run }) => run.id));
      const outcome = await store(group, commit);
      created = new Set();
      await tell(group, outcome, commit);
      // What concerns these runs has waited for them.
      if (waiting.length > 0) pumping ??= pump();
    }
    beginning = undefined;
  }

  /** Never throws: every failure is told to those whose writes failed. */
  async function tell(group: Group, outcome: Outcome, commit: Commit): Promise<void> {
    if ('read' in outcome) {
      const { again, woken } = settleGroup(group, outcome.read);
      waiting = [...again, ...waiting];
      for (const run of woken) onWoken(run);
      return;
    }
    const { error } = outcome;
    const writes = writesOf(group);
    const failure = failureOfAll(error);
    if (writes.length === 1 || failure !== undefined) {
      for (const { reject } of writes) reject(failure ?? storeFailureOf(error, database.shown) ?? refusedWrite(error));
      return;
    }
    let away: TelosError | undefined;
    for (const write of writes) {
      if (away !== undefined) {
        write.reject(away);
        continue;
      }
      const alone = formGroup([write]).group;
      const its = await store(alone, commit);
      if ('error' in its) away = failureOfAll(its.error);
      await tell(alone, its, commit);
    }
  }

  /** What no write of the process would escape now; undefined when it may be the doing of one of them. */
  function failureOfAll(error: unknown): TelosError | undefined {
    const failure = storeFailureOf(error, database.shown);
    return failure !== undefined && codeOf(failure.cause) === locked ? undefined : failure;
  }

  async function store(group: Group, commit: Commit): Promise<Outcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const [row] = await commit(groupStatement(schema, group, now?.()));
        return { read: readAnswer(storedRow(Row, row, 'the answer to a commit').answer) };
      } catch (error) {
        const isConflict = error instanceof TelosError && conflict.test(codeOf(error.cause) ?? '');
        if (attempt === 3 || !isConflict) return { error };
      }
    }
  }

  function isUnderWay(): boolean {
    return pumping !== undefined || beginning !== undefined;
  }

  return {
    submit: (write) =>
      new Promise((resolve, reject) => {
        if (closed) {
          const { shown } = database;
          reject(new TelosError('STORE_UNAVAILABLE', `The store ${shown} was closed.`, { details: { store: shown } }));
          return;
        }
        // Safe: `resolve` is only ever called with the outcome of this kind of write.
        waiting.push({ ...write, resolve, reject } as unknown as Write);
        pumping ??= pump();
        if (write.kind === 'create' && database.commitBeside !== undefined) beginning ??= begin(database.commitBeside);
      }),
    async close() {
      closed = true;
      while (isUnderWay()) await Promise.all([pumping, beginning]);
    },
  };
}

function refusedWrite(error: unknown): TelosError {
  const { message, detail } = error as { readonly message?: string; readonly detail?: string };
  const said = [message, detail].filter((part) => part !== undefined).join(' ');
  return new TelosError('BUG', `The store refused a write: ${said}`, { cause: error });
}
