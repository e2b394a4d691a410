import type { DatabaseSync } from 'node:sqlite';
import type { Programs } from '@telos/core';
import { hookTaken, nothingToPublish, storedProgramOf, storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

const CurrentRow = z.object({ hash: z.string() });
const HookRow = z.object({ workflow: z.string() });

export function sqlitePrograms(database: DatabaseSync, commits: GroupCommit, reading: Reading): Programs {
  const columns = 'programs.hash, programs.id, programs.program, programs.source, programs.stored_at AS storedAt';
  const insert = database.prepare(
    'INSERT OR IGNORE INTO programs (hash, id, program, source, stored_at) VALUES (?, ?, ?, ?, ?)',
  );
  const select = database.prepare(`SELECT ${columns} FROM programs WHERE hash = ?`);
  const unpublish = database.prepare('DELETE FROM versions WHERE id = ? AND hash = ?');
  const publish = database.prepare('INSERT INTO versions (id, hash, at) VALUES (?, ?, ?)');
  const withdraw = database.prepare('DELETE FROM versions WHERE id = ?');
  const current = database.prepare('SELECT hash FROM versions WHERE id = ? ORDER BY number DESC LIMIT 1');
  const versions = database.prepare(`
    SELECT ${columns} FROM versions JOIN programs USING (hash) WHERE versions.id = ? ORDER BY versions.number DESC`);
  const published = database.prepare(`
    SELECT ${columns} FROM versions JOIN programs USING (hash)
    WHERE versions.number IN (SELECT max(number) FROM versions GROUP BY id) ORDER BY versions.id`);

  const holder = database.prepare('SELECT workflow FROM hooks WHERE path = ?');
  const keepHook = database.prepare('INSERT OR IGNORE INTO hooks (path, workflow) VALUES (?, ?)');
  const dropHooks = database.prepare('DELETE FROM hooks WHERE workflow = ?');

  return {
    async put({ hash, id, program, source, storedAt }) {
      const text = JSON.stringify(program);
      return commits.submit(() => void insert.run(hash, id, text, source ?? null, storedAt));
    },
    async get(hash) {
      const row = reading(() => select.get(hash));
      return row === undefined ? undefined : storedProgramOf(row);
    },
    publish: (id, hash, at, hook) =>
      commits.submit(() => {
        if (select.get(hash) === undefined) throw nothingToPublish(id, hash);
        const taken = hook === undefined ? undefined : holder.get(hook);
        const other = taken === undefined ? id : storedRow(HookRow, taken, `the hook ${hook}`).workflow;
        if (hook !== undefined && other !== id) throw hookTaken(hook, id, other);
        dropHooks.run(id);
        if (hook !== undefined) keepHook.run(hook, id);
        unpublish.run(id, hash);
        publish.run(id, hash, at);
      }),
    async current(id) {
      const row = reading(() => current.get(id));
      return row === undefined ? undefined : storedRow(CurrentRow, row, `the versions of ${id}`).hash;
    },
    async versions(id) {
      return reading(() => versions.all(id)).map(storedProgramOf);
    },
    async published() {
      return reading(() => published.all()).map(storedProgramOf);
    },
    withdraw: (id) =>
      commits.submit(() => {
        dropHooks.run(id);
        return Number(withdraw.run(id).changes) > 0;
      }),
  };
}
