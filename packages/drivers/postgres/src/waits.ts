import type { WaitFilter, WaitingKind, Waits } from '@telos/core';
import { checkPageLimit, storedRow, waitOf, waitPageOf, waitPlaceOf } from '@telos/core/store';
import type { WaitPlace } from '@telos/core/store';
import { z } from 'zod';
import type { Database, Statement } from './database.ts';
import { sqlValues } from './sql-values.ts';

const CountRow = z.object({ count: z.int() });

export function postgresWaits(database: Database, schema: string): Waits {
  const columns = `h.id AS run, w.run::float8 AS number, w.id, w.since, w.workflow, w.namespace, w.step`;
  const waits = `${schema}.waits w JOIN ${schema}.heads h ON h.run = w.run`;

  /** A part for every kind that is asked for: each goes along an index in the order of the page. */
  function page(filter: WaitFilter, limit: number, place: WaitPlace | undefined): Statement {
    const { values, value } = sqlValues();
    const parts = kindsOf(filter).map((kind) => {
      const where = conditionsOf(filter, kind, value);
      if (place !== undefined) where.push(`(w.since, w.run, w.id) > (${place.map((one) => value(one)).join(', ')})`);
      return `(SELECT ${columns} FROM ${waits} WHERE ${where.join(' AND ')} ORDER BY w.since, w.run, w.id LIMIT ${limit})`;
    });
    const found = parts.length === 0 ? `(SELECT ${columns} FROM ${waits} WHERE false)` : parts.join(' UNION ALL ');
    return { text: `SELECT * FROM (${found}) AS found ORDER BY since, number, id LIMIT ${limit}`, values };
  }

  function conditionsOf(filter: WaitFilter, kind: WaitingKind | undefined, value: (given: string) => string): string[] {
    const { run, workflow, namespace, name, code } = filter;
    return [
      'true',
      ...(kind === undefined ? [] : [`w.kind = ${value(kind)}`]),
      ...(run === undefined ? [] : [`h.id = ${value(run)}`]),
      ...(workflow === undefined ? [] : [`w.workflow = ${value(workflow)}`]),
      ...(namespace === undefined ? [] : [`w.namespace = ${value(namespace)}`]),
      ...(name === undefined ? [] : [`w.name = ${value(name)}`]),
      ...(code === undefined ? [] : [`w.code = ${value(code)}`]),
    ];
  }

  return {
    async list(filter, limit, cursor) {
      checkPageLimit(limit, 'waits');
      const place = cursor === undefined ? undefined : waitPlaceOf(cursor);
      return waitPageOf(await database.query(page(filter, limit + 1, place)), limit);
    },
    async get(run, id) {
      const [row] = await database.query({
        text: `SELECT ${columns} FROM ${waits} WHERE h.id = $1 AND w.id = $2`,
        values: [run, id],
      });
      return row === undefined ? undefined : waitOf(row, `the waits of run ${run}`);
    },
    async count(filter) {
      const { values, value } = sqlValues();
      const parts = kindsOf(filter).map(
        (kind) => `SELECT count(*) AS n FROM ${waits} WHERE ${conditionsOf(filter, kind, value).join(' AND ')}`,
      );
      const all = parts.length === 0 ? 'SELECT 0 AS n' : parts.join(' UNION ALL ');
      const [row] = await database.query({ text: `SELECT sum(n)::integer AS count FROM (${all}) AS counts`, values });
      return storedRow(CountRow, row, 'the list of waits').count;
    },
  };
}

/** Of no kind in particular: one part, that asks for none. */
function kindsOf({ kind }: WaitFilter): readonly (WaitingKind | undefined)[] {
  return kind === undefined ? [undefined] : [...new Set(kind)];
}
