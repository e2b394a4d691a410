/**
 * A filter of runs as SQL.
 *
 * Every filter is answered by ways: each way walks one index from the newest
 * run to the oldest and keeps what fits the rest of the filter, so a page costs
 * what it shows and not what is stored. Two statuses are two ways; a text is a
 * way for every workflow and every tag whose name holds it, and one for ids.
 */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { runStatuses } from '@telos/core';
import type { RunFilter } from '@telos/core';
import { z } from 'zod';
import { storedRow } from './stored-row.ts';

/** A place in the order of runs: by creation, then by number. Runs before it are older. */
export type RunPlace = { readonly createdAt: number; readonly number: number };

export type Sql = { readonly text: string; readonly values: readonly SQLInputValue[] };

/** More ways than this are slower than looking at every run (and SQLite ends at 500). */
const maxWays = 400;

const NameRow = z.object({ name: z.string() });

/** Selects the numbers of at most `limit` runs that fit and come before `place`, newest first. */
export function pageOfRuns(database: DatabaseSync, filter: RunFilter, limit: number, place?: RunPlace): Sql {
  const parts = waysOf(database, filter).map((way) => {
    const { createdAt, number } = way;
    const before = place && { text: `(${createdAt}, ${number}) < (?, ?)`, values: [place.createdAt, place.number] };
    const found = select(`${number} AS number, ${createdAt} AS created_at`, way, before);
    const page = `${found.text} ORDER BY ${createdAt} DESC, ${number} DESC LIMIT ${limit}`;
    return { text: `SELECT * FROM (${page})`, values: found.values };
  });
  const all = joined(parts, ' UNION ');
  return {
    text: `SELECT number FROM (${all.text}) ORDER BY created_at DESC, number DESC LIMIT ${limit}`,
    values: all.values,
  };
}

/** Counts the runs that fit. */
export function countOfRuns(database: DatabaseSync, filter: RunFilter): Sql {
  const ways = waysOf(database, filter);
  // Ways by status have no run in common; ways by text may.
  const disjoint = textOf(filter) === undefined;
  const parts = ways.map((way) => select(disjoint ? 'count(*) AS n' : `${way.number} AS n`, way));
  const all = joined(parts, disjoint ? ' UNION ALL ' : ' UNION ');
  return { text: `SELECT ${disjoint ? 'sum' : 'count'}(n) AS count FROM (${all.text})`, values: all.values };
}

/** One walk: what it goes through, the columns that give its order, and what it keeps. */
type Way = {
  readonly from: string;
  readonly createdAt: string;
  readonly number: string;
  readonly where: readonly Sql[];
};

function select(columns: string, way: Way, more?: Sql): Sql {
  const where = joined(more === undefined ? way.where : [...way.where, more], ' AND ');
  return {
    text: `SELECT ${columns} FROM ${way.from}${where.text === '' ? '' : ` WHERE ${where.text}`}`,
    values: where.values,
  };
}

const ofRuns = { createdAt: 'runs.created_at', number: 'runs.number' };
const never: Way = { from: 'runs', ...ofRuns, where: [{ text: 'false', values: [] }] };

function waysOf(database: DatabaseSync, filter: RunFilter): readonly Way[] {
  if (filter.status?.length === 0) return [never];
  const text = textOf(filter);
  const ways = text === undefined ? waysWithoutText(database, filter) : waysByText(database, filter, text);
  return ways.length === 0 ? [never] : ways;
}

function waysWithoutText(database: DatabaseSync, filter: RunFilter): readonly Way[] {
  if (filter.forkOf !== undefined) {
    const forks: Sql = { text: 'runs.fork_of = ?', values: [filter.forkOf] };
    return [wayBy('runs_forked', [forks, ...conditionsOf(filter, 'forkOf')])];
  }
  const narrower = filter.workflow !== undefined || filter.status !== undefined;
  if (filter.tag !== undefined && !(narrower && isCommon(database, filter.tag))) return [wayByTag(filter, filter.tag)];
  if (filter.workflow !== undefined) return waysByWorkflow(filter, filter.workflow);
  if ((filter.minUsd ?? 0) > 0) {
    // The condition has to be spelled like the index's own for SQLite to see that it applies.
    return [wayBy('runs_by_cost', [{ text: 'runs.usd > 0', values: [] }, ...conditionsOf(filter)])];
  }
  if (filter.status !== undefined) {
    return distinct(filter.status).map((status) =>
      wayBy('runs_by_status', [{ text: 'runs.status = ?', values: [status] }, ...conditionsOf(filter, 'status')]),
    );
  }
  return [wayBy('runs_by_age', conditionsOf(filter))];
}

function wayBy(index: string, where: readonly Sql[]): Way {
  return { from: `runs INDEXED BY ${index}`, ...ofRuns, where };
}

function waysByWorkflow(filter: RunFilter, workflow: string): readonly Way[] {
  const rest = conditionsOf(filter, 'status', 'workflow');
  return distinct(filter.status ?? runStatuses).map((status) =>
    wayBy('runs_by_workflow', [{ text: 'runs.workflow = ? AND runs.status = ?', values: [workflow, status] }, ...rest]),
  );
}

function wayByTag(filter: RunFilter, ...tags: readonly [string, ...string[]]): Way {
  const [tag, ...others] = tags;
  const since = filter.since === undefined ? [] : [{ text: 'run_tags.created_at >= ?', values: [filter.since] }];
  const until = filter.until === undefined ? [] : [{ text: 'run_tags.created_at < ?', values: [filter.until] }];
  const rest = [...conditionsOf(filter, 'tag', 'since', 'until'), ...others.map(hasTag)];
  return {
    // What else is asked decides whether the runs themselves have to be looked at.
    from: rest.length === 0 ? 'run_tags' : 'run_tags CROSS JOIN runs ON runs.number = run_tags.run',
    createdAt: 'run_tags.created_at',
    number: 'run_tags.run',
    where: [{ text: 'run_tags.tag = ?', values: [tag] }, ...since, ...until, ...rest],
  };
}

function waysByText(database: DatabaseSync, filter: RunFilter, text: string): readonly Way[] {
  const holds = (name: string) => name.toLowerCase().includes(text);
  const workflows = namesIn(database, 'runs', 'workflow').filter(holds);
  const tags = namesIn(database, 'run_tags', 'tag').filter(holds);
  const byId = waysById(filter, text);
  if (workflows.length * runStatuses.length + tags.length < maxWays) {
    const ofWorkflows =
      filter.workflow === undefined ? workflows : workflows.filter((name) => name === filter.workflow);
    return [
      ...ofWorkflows.flatMap((workflow) => waysByWorkflow({ ...filter, workflow }, workflow)),
      ...tags.map((tag) => (filter.tag === undefined ? wayByTag(filter, tag) : wayByTag(filter, tag, filter.tag))),
      ...byId,
    ];
  }
  const named: Sql = {
    text: `(runs.workflow IN (SELECT value FROM json_each(?))
      OR EXISTS (SELECT 1 FROM json_each(runs.tags) WHERE value IN (SELECT value FROM json_each(?))))`,
    values: [JSON.stringify(workflows), JSON.stringify(tags)],
  };
  return [wayBy('runs_by_age', [named, ...conditionsOf(filter)]), ...byId];
}

/** Whether walking a tag could take long, so that another way should be taken where there is one. */
function isCommon(database: DatabaseSync, tag: string): boolean {
  const row = database.prepare('SELECT 1 FROM run_tags WHERE tag = ? LIMIT 1 OFFSET 1000').get(tag);
  return row !== undefined;
}

function hasTag(tag: string): Sql {
  return {
    text: 'EXISTS (SELECT 1 FROM run_tags AS t WHERE t.tag = ? AND t.created_at = runs.created_at AND t.run = runs.number)',
    values: [tag],
  };
}

/** What a run must satisfy, less the fields that the way's index has answered. */
function conditionsOf(filter: RunFilter, ...answered: readonly (keyof RunFilter)[]): readonly Sql[] {
  const rest: Sql[] = [];
  const add = (field: keyof RunFilter, text: string, ...values: readonly SQLInputValue[]) => {
    if (!answered.includes(field)) rest.push({ text, values });
  };
  if (filter.status !== undefined)
    add('status', `runs.status IN (${filter.status.map(() => '?').join(', ')})`, ...filter.status);
  if (filter.workflow !== undefined) add('workflow', 'runs.workflow = ?', filter.workflow);
  if (filter.tag !== undefined && !answered.includes('tag')) rest.push(hasTag(filter.tag));
  if (filter.since !== undefined) add('since', 'runs.created_at >= ?', filter.since);
  if (filter.until !== undefined) add('until', 'runs.created_at < ?', filter.until);
  if (filter.namespace !== undefined) add('namespace', 'runs.namespace = ?', filter.namespace);
  if (filter.forkOf !== undefined) add('forkOf', 'runs.fork_of = ?', filter.forkOf);
  if ((filter.minUsd ?? 0) > 0) add('minUsd', 'runs.usd >= ?', filter.minUsd ?? 0);
  return rest;
}

function textOf(filter: RunFilter): string | undefined {
  return filter.text === undefined || filter.text === '' ? undefined : filter.text.toLowerCase();
}

/** Ids are UUIDs in lower case: most words cannot stand in one, and one that holds the first group begins it. */
function waysById(filter: RunFilter, text: string): readonly Way[] {
  if (!/^[0-9a-f-]{1,36}$/.test(text)) return [];
  const rest = conditionsOf(filter);
  if (/^[0-9a-f]{8}-/.test(text)) {
    const begins: Sql = { text: "runs.id >= ? AND runs.id < ? || 'g'", values: [text, text] };
    return [{ from: 'runs', ...ofRuns, where: [begins, ...rest] }];
  }
  return [wayBy('runs_by_age', [{ text: 'instr(runs.id, ?) > 0', values: [text] }, ...rest])];
}

/** The different values of an index's first column, each found by one step down its tree. */
function namesIn(database: DatabaseSync, table: 'runs' | 'run_tags', column: 'workflow' | 'tag'): readonly string[] {
  const rows = database
    .prepare(`
      WITH RECURSIVE names (name) AS (
        SELECT min(${column}) FROM ${table}
        UNION ALL
        SELECT (SELECT min(${column}) FROM ${table} WHERE ${column} > name) FROM names WHERE name IS NOT NULL
      )
      SELECT name FROM names WHERE name IS NOT NULL`)
    .all();
  return rows.map((row) => storedRow(NameRow, row, 'the list of runs').name);
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function joined(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map(({ text }) => text).join(separator), values: parts.flatMap(({ values }) => values) };
}
