/**
 * Walks of runs as SQL. Each walk is told its index, because SQLite would
 * sometimes rather sort what it has not yet read.
 */
import type { DatabaseSync } from 'node:sqlite';
import { defaultNamespace } from '@telos/core';
import type { RunFilter } from '@telos/core';
import {
  asksAboutCost,
  asksAboutTag,
  asksForNames,
  commonTagRuns,
  rareCostRuns,
  storedRow,
  walksOf,
} from '@telos/core/store';
import type { RunCondition, RunPlace, RunWalk, RunWalks } from '@telos/core/store';
import { z } from 'zod';
import { predicateSql } from './run-predicate.ts';
import { joined, sql } from './sql.ts';
import type { Sql } from './sql.ts';

const NameRow = z.object({ name: z.string() });

/** Selects number and creation of at most `limit` runs that fit, come before `place` and not before `last`, newest first. */
export function pageOfRuns(
  database: DatabaseSync,
  filter: RunFilter,
  limit: number,
  place?: RunPlace,
  last?: RunPlace,
): Sql {
  const parts = waysOf(findWalks(database, filter)).map((way) => {
    const { createdAt, number } = way;
    const within = [
      ...(place === undefined ? [] : [sql(`(${createdAt}, ${number}) < (?, ?)`, place.createdAt, place.number)]),
      ...(last === undefined ? [] : [sql(`(${createdAt}, ${number}) >= (?, ?)`, last.createdAt, last.number)]),
    ];
    const found = select(`${number} AS number, ${createdAt} AS created_at`, way, within);
    const page = `${found.text} ORDER BY ${createdAt} DESC, ${number} DESC LIMIT ${limit}`;
    return { text: `SELECT * FROM (${page})`, values: found.values };
  });
  const all = joined(parts, ' UNION ');
  return {
    text: `SELECT number, created_at FROM (${all.text}) ORDER BY created_at DESC, number DESC LIMIT ${limit}`,
    values: all.values,
  };
}

/** Counts the runs that fit. */
export function countOfRuns(database: DatabaseSync, filter: RunFilter): Sql {
  const walks = findWalks(database, filter);
  const parts = waysOf(walks).map((way) => select(walks.disjoint ? 'count(*) AS n' : `${way.number} AS n`, way));
  const all = joined(parts, walks.disjoint ? ' UNION ALL ' : ' UNION ');
  return { text: `SELECT ${walks.disjoint ? 'sum' : 'count'}(n) AS count FROM (${all.text})`, values: all.values };
}

function findWalks(database: DatabaseSync, filter: RunFilter): RunWalks {
  const tag = asksAboutTag(filter);
  const cost = asksAboutCost(filter);
  return walksOf(filter, {
    ...(cost === undefined ? {} : { isCostRare: isRare(database, cost) }),
    ...(tag === undefined ? {} : { isTagCommon: isCommon(database, tag) }),
    ...(asksForNames(filter)
      ? { workflows: namesIn(database, 'runs', 'workflow'), tags: namesIn(database, 'run_tags', 'tag') }
      : {}),
  });
}

/** A walk in SQL: what it goes through, the columns that give its order, and what it keeps. */
type Way = {
  readonly from: string;
  readonly createdAt: string;
  readonly number: string;
  readonly where: readonly Sql[];
};

function select(columns: string, way: Way, more: readonly Sql[] = []): Sql {
  const where = joined([...way.where, ...more], ' AND ');
  return {
    text: `SELECT ${columns} FROM ${way.from}${where.text === '' ? '' : ` WHERE ${where.text}`}`,
    values: where.values,
  };
}

const ofRuns = { createdAt: 'runs.created_at', number: 'runs.number' };
const ofTags = { createdAt: 'run_tags.created_at', number: 'run_tags.run' };

function waysOf({ walks }: RunWalks): readonly Way[] {
  return walks.length === 0 ? [{ from: 'runs', ...ofRuns, where: [sql('false')] }] : walks.map(wayOf);
}

function wayOf({ along, keep }: RunWalk): Way {
  const rest = keep.map((one) => conditionOf(one));
  switch (along.index) {
    case 'age':
      return { from: 'runs INDEXED BY runs_by_age', ...ofRuns, where: rest };
    case 'cost':
      // Spelled like the index's own condition, for SQLite to see that it applies.
      return { from: 'runs INDEXED BY runs_by_cost', ...ofRuns, where: [sql('runs.usd > 0'), ...rest] };
    case 'price': {
      const where = [sql('runs.usd <> 0'), sql('runs.usd >= ?', along.from), ...rest];
      return { from: 'runs INDEXED BY runs_by_price', ...ofRuns, where };
    }
    case 'status': {
      const where = [sql('runs.status = ?', along.status), ...rest];
      return { from: 'runs INDEXED BY runs_by_status', ...ofRuns, where };
    }
    case 'workflow': {
      const where = [sql('runs.workflow = ? AND runs.status = ?', along.workflow, along.status), ...rest];
      return { from: 'runs INDEXED BY runs_by_workflow', ...ofRuns, where };
    }
    case 'namespace': {
      // Spelled like the index's own condition, for SQLite to see that it applies.
      const own = sql(`runs.namespace <> '${defaultNamespace}'`);
      const of = sql('runs.namespace = ? AND runs.status = ?', along.namespace, along.status);
      return { from: 'runs INDEXED BY runs_by_namespace', ...ofRuns, where: [own, of, ...rest] };
    }
    case 'forks': {
      const where = [sql('runs.fork_of = ?', along.of), ...rest];
      return { from: 'runs INDEXED BY runs_forked', ...ofRuns, where };
    }
    case 'id': {
      const begins = sql("runs.id >= ? AND runs.id < ? || 'g'", along.begins, along.begins);
      return { from: 'runs', ...ofRuns, where: [begins, ...rest] };
    }
    case 'tag': {
      // What else is asked decides whether the runs themselves have to be looked at.
      const alone = keep.every(({ field }) => field === 'since' || field === 'until');
      return {
        from: alone ? 'run_tags' : 'run_tags CROSS JOIN runs ON runs.number = run_tags.run',
        ...ofTags,
        where: [sql('run_tags.tag = ?', along.tag), ...keep.map((one) => conditionOf(one, ofTags.createdAt))],
      };
    }
  }
}

function conditionOf(keep: RunCondition, createdAt = ofRuns.createdAt): Sql {
  switch (keep.field) {
    case 'status':
      return sql(`runs.status IN (${keep.among.map(() => '?').join(', ')})`, ...keep.among);
    case 'workflow':
      return sql('runs.workflow = ?', keep.is);
    case 'namespace':
      return sql('runs.namespace = ?', keep.is);
    case 'forkOf':
      return sql('runs.fork_of = ?', keep.is);
    case 'tag':
      return sql(
        'EXISTS (SELECT 1 FROM run_tags AS t WHERE t.tag = ? AND t.created_at = runs.created_at AND t.run = runs.number)',
        keep.is,
      );
    case 'since':
      return sql(`${createdAt} >= ?`, keep.at);
    case 'until':
      return sql(`${createdAt} < ?`, keep.at);
    case 'minUsd':
      return sql('runs.usd >= ?', keep.usd);
    case 'id':
      return sql('instr(runs.id, ?) > 0', keep.holds);
    case 'name':
      return sql(
        `(runs.workflow IN (SELECT value FROM json_each(?))
          OR EXISTS (SELECT 1 FROM json_each(runs.tags) WHERE value IN (SELECT value FROM json_each(?))))`,
        JSON.stringify(keep.workflows),
        JSON.stringify(keep.tags),
      );
    case 'where':
      return predicateSql(keep.fits);
  }
}

/** Whether walking a tag could take long, so that another way should be taken where there is one. */
function isCommon(database: DatabaseSync, tag: string): boolean {
  const row = database.prepare(`SELECT 1 FROM run_tags WHERE tag = ? LIMIT 1 OFFSET ${commonTagRuns}`).get(tag);
  return row !== undefined;
}

function isRare(database: DatabaseSync, usd: number): boolean {
  const row = database
    .prepare(`SELECT 1 FROM runs INDEXED BY runs_by_price WHERE usd <> 0 AND usd >= ? LIMIT 1 OFFSET ${rareCostRuns}`)
    .get(usd);
  return row === undefined;
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
