/** The list of waiting steps: written with the events that make it, read by people. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { WaitFilter, WaitingChange, Waits } from '@telos/core';
import { checkPageLimit, storedRow, waitOf, waitPageOf, waitPlaceOf } from '@telos/core/store';
import { z } from 'zod';
import type { Reading } from './reading.ts';

export interface WaitsWriter {
  change(run: number, change: WaitingChange): void;
  /** The run has ended. */
  clear(run: number): void;
}

export function waitsWriter(database: DatabaseSync): WaitsWriter {
  const insert = database.prepare(`
    INSERT INTO waits (run, id, path, kind, since, workflow, namespace, name, code, step)
    SELECT number, ?, ?, ?, ?, workflow, namespace, ?, ?, ? FROM runs WHERE number = ?`);
  const remove = database.prepare('DELETE FROM waits WHERE run = ? AND path = ?');
  const clear = database.prepare('DELETE FROM waits WHERE run = ?');
  return {
    change(run, { begun, over }) {
      for (const path of over) remove.run(run, path);
      for (const step of begun) {
        const { id, path, kind, since, wait, error } = step;
        const name = wait?.kind === 'signal' ? wait.name : null;
        remove.run(run, path);
        insert.run(id, path, kind, since, name, error?.code ?? null, JSON.stringify(step), run);
      }
    },
    clear: (run) => void clear.run(run),
  };
}

const CountRow = z.object({ count: z.int() });

export function sqliteWaits(database: DatabaseSync, reading: Reading): Waits {
  const from = 'FROM waits JOIN runs ON runs.number = waits.run';
  const columns =
    'runs.id AS run, waits.run AS number, waits.id AS id, waits.since AS since, waits.workflow AS workflow, waits.namespace AS namespace, waits.step AS step';
  const byId = database.prepare(`SELECT ${columns} ${from} WHERE runs.id = ? AND waits.id = ?`);
  return {
    async list(filter, limit, cursor) {
      checkPageLimit(limit, 'waits');
      const { where, values } = whereOf(filter);
      const place = cursor === undefined ? undefined : waitPlaceOf(cursor);
      const after = place === undefined ? '' : ' AND (waits.since, waits.run, waits.id) > (?, ?, ?)';
      const rows = reading(() =>
        database
          .prepare(`SELECT ${columns} ${from} WHERE ${where}${after} ORDER BY waits.since, waits.run, waits.id LIMIT ?`)
          .all(...values, ...(place ?? []), limit + 1),
      );
      return waitPageOf(rows, limit);
    },
    async get(run, id) {
      const row = reading(() => byId.get(run, id));
      return row === undefined ? undefined : waitOf(row, `the waits of run ${run}`);
    },
    async count(filter) {
      const { where, values } = whereOf(filter);
      const row = reading(() => database.prepare(`SELECT count(*) AS count ${from} WHERE ${where}`).get(...values));
      return storedRow(CountRow, row, 'the list of waits').count;
    },
  };
}

function whereOf(filter: WaitFilter): { readonly where: string; readonly values: readonly SQLInputValue[] } {
  const parts: string[] = ['true'];
  const values: SQLInputValue[] = [];
  const add = (text: string, ...given: readonly SQLInputValue[]): void => {
    parts.push(text);
    values.push(...given);
  };
  if (filter.kind !== undefined) add(`waits.kind IN (${filter.kind.map(() => '?').join(', ')})`, ...filter.kind);
  if (filter.run !== undefined) add('waits.run = (SELECT number FROM runs WHERE id = ?)', filter.run);
  if (filter.workflow !== undefined) add('waits.workflow = ?', filter.workflow);
  if (filter.namespace !== undefined) add('waits.namespace = ?', filter.namespace);
  if (filter.name !== undefined) add('waits.name = ?', filter.name);
  if (filter.code !== undefined) add('waits.code = ?', filter.code);
  return { where: parts.join(' AND '), values };
}
