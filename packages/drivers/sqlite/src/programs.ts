import type { DatabaseSync } from 'node:sqlite';
import type { Programs } from '@telos/core';
import { nothingToPublish, programOf } from '@telos/core/store';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

export function sqlitePrograms(database: DatabaseSync, commits: GroupCommit, reading: Reading): Programs {
  const columns = 'programs.hash, programs.id, programs.program, programs.source, programs.stored_at AS storedAt';
  const insert = database.prepare(
    'INSERT OR IGNORE INTO programs (hash, id, program, source, stored_at) VALUES (?, ?, ?, ?, ?)',
  );
  const select = database.prepare(`SELECT ${columns} FROM programs WHERE hash = ?`);
  const unpublish = database.prepare('DELETE FROM versions WHERE id = ? AND hash = ?');
  const publish = database.prepare('INSERT INTO versions (id, hash, at) VALUES (?, ?, ?)');
  const withdraw = database.prepare('DELETE FROM versions WHERE id = ?');
  const versions = database.prepare(`
    SELECT ${columns} FROM versions JOIN programs USING (hash) WHERE versions.id = ? ORDER BY versions.number DESC`);
  const published = database.prepare(`
    SELECT ${columns} FROM versions JOIN programs USING (hash)
    WHERE versions.number IN (SELECT max(number) FROM versions GROUP BY id) ORDER BY versions.id`);

  return {
    async put({ hash, id, program, source, storedAt }) {
      const text = JSON.stringify(program);
      return commits.submit(() => void insert.run(hash, id, text, source ?? null, storedAt));
    },
    async get(hash) {
      const row = reading(() => select.get(hash));
      return row === undefined ? undefined : programOf(row);
    },
    publish: (id, hash, at) =>
      commits.submit(() => {
        if (select.get(hash) === undefined) throw nothingToPublish(id, hash);
        unpublish.run(id, hash);
        publish.run(id, hash, at);
      }),
    async versions(id) {
      return reading(() => versions.all(id)).map(programOf);
    },
    async published() {
      return reading(() => published.all()).map(programOf);
    },
    withdraw: (id) => commits.submit(() => Number(withdraw.run(id).changes) > 0),
  };
}
