/** The list of waiting steps: written with the events that make it, read by people. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { TelosError } from '@telos/core';
import type { ListedWait, WaitFilter, WaitingChange, WaitingStep, Waits } from '@telos/core';
import { storedJson, storedRow } from '@telos/core/store';
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

const Row = z.object({
  run: z.string(),
  number: z.int(),
  id: z.int(),
  since: z.number(),
  workflow: z.string(),
  namespace: z.string(),
  step: z.string(),
});
type Row = z.infer<typeof Row>;
const CountRow = z.object({ count: z.int() });
const Cursor = z.tuple([z.number(), z.int(), z.int()]);

export function sqliteWaits(database: DatabaseSync, reading: Reading): Waits {
  const from = 'FROM waits JOIN runs ON runs.number = waits.run';
  const columns =
    'runs.id AS run, waits.run AS number, waits.id AS id, waits.since AS since, waits.workflow AS workflow, waits.namespace AS namespace, waits.step AS step';
  const byId = database.prepare(`SELECT ${columns} ${from} WHERE runs.id = ? AND waits.id = ?`);
  return {
    async list(filter, limit, cursor) {
      if (!Number.isInteger(limit) || limit < 1 || limit > 200)
        throw new TelosError('PAGE_INVALID', `A page holds 1 to 200 waits, not ${limit}.`, { details: { limit } });
      const { where, values } = whereOf(filter);
      const place = cursor === undefined ? undefined : placeOf(cursor);
      const after = place === undefined ? '' : ' AND (waits.since, waits.run, waits.id) > (?, ?, ?)';
      const rows = reading(() =>
        database
          .prepare(`SELECT ${columns} ${from} WHERE ${where}${after} ORDER BY waits.since, waits.run, waits.id LIMIT ?`)
          .all(...values, ...(place ?? []), limit + 1),
      ).map((row) => storedRow(Row, row, 'the list of waits'));
      const items = rows.slice(0, limit);
      const end = items.at(-1);
      return {
        items: items.map(listed),
        ...(rows.length > limit && end !== undefined ? { next: cursorOf(end) } : {}),
      };
    },
    async get(run, id) {
      const row = reading(() => byId.get(run, id));
      return row === undefined ? undefined : listed(storedRow(Row, row, `the waits of run ${run}`));
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

function listed(row: Row): ListedWait {
  // Written by `waitsWriter` from a WaitingStep, in the same transaction as the event that it comes from.
  const step = storedJson(row.step, `the waits of run ${row.run}`) as WaitingStep;
  return { ...step, run: row.run, workflow: row.workflow, namespace: row.namespace };
}

function cursorOf({ since, number, id }: Row): string {
  return Buffer.from(JSON.stringify([since, number, id])).toString('base64url');
}

/** @throws TelosError PAGE_INVALID when the text was not made by `cursorOf`. */
function placeOf(cursor: string): readonly [number, number, number] {
  try {
    return Cursor.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    throw new TelosError('PAGE_INVALID', `The cursor ${JSON.stringify(cursor)} is none that a list gave.`, {
      cause: error,
    });
  }
}
