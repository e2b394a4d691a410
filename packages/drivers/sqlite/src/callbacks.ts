import type { DatabaseSync } from 'node:sqlite';
import type { Callbacks } from '@telos/core';
import { callbackCountOf, callbackOf, checkPageLimit, storedProblem } from '@telos/core/store';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

export function sqliteCallbacks(
  database: DatabaseSync,
  commits: GroupCommit,
  now: () => number,
  reading: Reading,
): Callbacks {
  const select = `
    SELECT runs.id AS run, url, events, secret, attempts, due_at, outcome, settled_at, problem
    FROM callbacks JOIN runs ON runs.number = callbacks.run`;
  const byRun = database.prepare(`${select} WHERE runs.id = ?`);
  const isDue = database.prepare('SELECT 1 FROM callbacks WHERE due_at <= ? LIMIT 1');
  const due = database.prepare('SELECT run FROM callbacks WHERE due_at <= ? ORDER BY due_at, run LIMIT ?');
  const take = database.prepare('UPDATE callbacks SET due_at = ?, attempts = attempts + 1 WHERE run = ?');
  const byNumber = database.prepare(`${select} WHERE callbacks.run = ?`);
  const settle = database.prepare(`
    UPDATE callbacks SET due_at = ?, outcome = ?, settled_at = ?, problem = ?
    WHERE run = (SELECT number FROM runs WHERE id = ?) AND attempts = ? AND due_at IS NOT NULL`);
  const owe = database.prepare(`
    UPDATE callbacks SET due_at = 0, outcome = NULL, settled_at = NULL, attempts = 0, problem = NULL
    WHERE run = (SELECT number FROM runs WHERE id = ?) AND outcome IN ('delivered', 'given_up')`);
  const count = database.prepare(`
    SELECT (SELECT count(*) FROM callbacks WHERE due_at IS NOT NULL) AS owed,
      (SELECT count(*) FROM callbacks WHERE problem IS NOT NULL AND outcome IS NULL) AS failing,
      (SELECT count(*) FROM callbacks WHERE problem IS NOT NULL AND outcome = 'given_up') AS given_up`);
  const troubled = database.prepare(`
    ${select} WHERE problem IS NOT NULL ORDER BY callbacks.run DESC LIMIT ?`);

  return {
    async get(run) {
      const row = reading(() => byRun.get(run));
      return row === undefined ? undefined : callbackOf(row);
    },
    async take(limit, ttlMs) {
      // Asked every few seconds, and seldom is there one: that must cost no commit.
      if (reading(() => isDue.get(now())) === undefined) return [];
      return commits.submit(() => {
        const at = now();
        return due.all(at, limit).map(({ run }) => {
          take.run(at + ttlMs, run ?? null);
          return callbackOf(byNumber.get(run ?? null));
        });
      });
    },
    settle: ({ run, attempts }, outcome) =>
      commits.submit(() => {
        const again = outcome.status === 'owed';
        const problem = 'problem' in outcome ? storedProblem(outcome.problem) : null;
        const dueAt = again ? now() + outcome.afterMs : null;
        const done = settle.run(dueAt, again ? null : outcome.status, again ? null : now(), problem, run, attempts);
        return Number(done.changes) === 1;
      }),
    owe: (run) => commits.submit(() => Number(owe.run(run).changes) === 1),
    async count() {
      return callbackCountOf(reading(() => count.get()));
    },
    async troubled(limit) {
      checkPageLimit(limit, 'callbacks');
      return reading(() => troubled.all(limit)).map(callbackOf);
    },
  };
}
