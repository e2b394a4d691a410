/** Walks of runs as SQL: a query for each, of the form that its index answers in order. */
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
import { plain } from './commit/group-details.ts';
import type { Database, Statement } from './database.ts';
import { predicateSql } from './run-predicate.ts';
import { sqlValues } from './sql-values.ts';

const NameRow = z.object({ name: z.string() });

/** Looks up what the walks of a filter depend on. */
export async function findWalks(database: Database, schema: string, filter: RunFilter): Promise<RunWalks> {
  const tag = asksAboutTag(filter);
  const cost = asksAboutCost(filter);
  const names = asksForNames(filter);
  const [isTagCommon, isCostRare, workflows, tags] = await Promise.all([
    tag === undefined ? false : isCommon(database, schema, tag),
    cost === undefined ? false : isRare(database, schema, cost),
    names ? namesIn(database, `${schema}.runs`, 'workflow') : [],
    names ? namesIn(database, `${schema}.run_tags`, 'tag') : [],
  ]);
  return walksOf(filter, { isTagCommon, isCostRare, workflows, tags });
}

/** Selects number and creation of at most `limit` runs that fit, come before `place` and not before `last`, newest first. */
export function pageOfRuns(
  schema: string,
  { walks }: RunWalks,
  limit: number,
  place?: RunPlace,
  last?: RunPlace,
): Statement {
  const sql = sqlOf(schema);
  const parts = walks.map((walk) => {
    const { from, createdAt, number, where } = sql.way(walk);
    const bound = (how: '<' | '>=', to?: RunPlace) =>
      to === undefined
        ? []
        : [`(${createdAt}, ${number}) ${how} (${sql.value(to.createdAt)}, ${sql.value(to.number)})`];
    const within = [...where, ...bound('<', place), ...bound('>=', last)];
    return `(SELECT ${number} AS number, ${createdAt} AS created_at FROM ${from}${conditions(within)}
      ORDER BY ${createdAt} DESC, ${number} DESC LIMIT ${limit})`;
  });
  const text = `SELECT number, created_at FROM (${joined(parts, 'UNION')}) AS found ORDER BY created_at DESC, number DESC LIMIT ${limit}`;
  return { text, values: sql.values };
}

/** Counts the runs that fit. */
export function countOfRuns(schema: string, { walks, disjoint }: RunWalks): Statement {
  const sql = sqlOf(schema);
  const parts = walks.map((walk) => {
    const { from, number, where } = sql.way(walk);
    return `SELECT ${disjoint ? 'count(*)' : number} AS number FROM ${from}${conditions(where)}`;
  });
  const all = joined(parts, disjoint ? 'UNION ALL' : 'UNION');
  const text = `SELECT ${disjoint ? 'coalesce(sum(number), 0)' : 'count(number)'}::float8 AS count FROM (${all}) AS found`;
  return { text, values: sql.values };
}

/** A walk in SQL: what it goes through, the columns that give its order, and what it keeps. */
type Way = {
  readonly from: string;
  readonly createdAt: string;
  readonly number: string;
  readonly where: readonly string[];
};

const ofRuns = { createdAt: 'runs.created_at', number: 'runs.number' };
const ofTags = { createdAt: 'run_tags.created_at', number: 'run_tags.run' };

/** Walks of one statement. */
function sqlOf(schema: string) {
  const { values, value, list } = sqlValues();
  const runs = `${schema}.runs`;

  function way({ along, keep }: RunWalk): Way {
    const rest = () => keep.map((one) => conditionOf(one));
    switch (along.index) {
      case 'age':
        return { from: runs, ...ofRuns, where: rest() };
      case 'cost':
        return { from: runs, ...ofRuns, where: ['runs.usd > 0', ...rest()] };
      case 'price': {
        // Found first, and then put in order: the planner would sometimes rather meet all runs in that order.
        const found = `(SELECT * FROM ${runs} WHERE usd > 0 AND usd >= ${value(along.from)} OFFSET 0) AS runs`;
        return { from: found, ...ofRuns, where: rest() };
      }
      case 'status':
        return { from: runs, ...ofRuns, where: [`runs.status = ${value(along.status)}`, ...rest()] };
      case 'workflow': {
        const where = [`runs.workflow = ${value(along.workflow)}`, `runs.status = ${value(along.status)}`];
        return { from: runs, ...ofRuns, where: [...where, ...rest()] };
      }
      case 'namespace': {
        const where = [`runs.namespace <> '${defaultNamespace}'`, `runs.namespace = ${value(along.namespace)}`];
        return { from: runs, ...ofRuns, where: [...where, `runs.status = ${value(along.status)}`, ...rest()] };
      }
      case 'forks':
        return { from: runs, ...ofRuns, where: [`runs.fork_of = ${value(along.of)}`, ...rest()] };
      case 'id': {
        const where = [`runs.id >= ${value(along.begins)}`, `runs.id < ${value(`${along.begins}g`)}`];
        return { from: runs, ...ofRuns, where: [...where, ...rest()] };
      }
      case 'tag': {
        // What else is asked decides whether the runs themselves have to be looked at.
        const alone = keep.every(({ field }) => field === 'since' || field === 'until');
        return {
          from: alone ? `${schema}.run_tags` : `${schema}.run_tags JOIN ${runs} ON runs.number = run_tags.run`,
          ...ofTags,
          where: [`run_tags.tag = ${value(along.tag)}`, ...keep.map((one) => conditionOf(one, ofTags.createdAt))],
        };
      }
    }
  }

  function conditionOf(keep: RunCondition, createdAt = ofRuns.createdAt): string {
    switch (keep.field) {
      case 'status':
        return `runs.status = ${list(keep.among)}`;
      case 'workflow':
        return `runs.workflow = ${value(keep.is)}`;
      case 'namespace':
        return `runs.namespace = ${value(keep.is)}`;
      case 'forkOf':
        return `runs.fork_of = ${value(keep.is)}`;
      case 'tag':
        return hasTag(`t.tag = ${value(keep.is)}`);
      case 'since':
        return `${createdAt} >= ${value(keep.at)}`;
      case 'until':
        return `${createdAt} < ${value(keep.at)}`;
      case 'minUsd':
        return `runs.usd >= ${value(keep.usd)}`;
      case 'id':
        return `position(${value(keep.holds)} in runs.id) > 0`;
      case 'name':
        return `(runs.workflow = ${list(keep.workflows)} OR ${hasTag(`t.tag = ${list(keep.tags)}`)})`;
      case 'where':
        return predicateSql(keep.fits, { value, list, hasTag });
    }
  }

  function hasTag(condition: string): string {
    return `EXISTS (SELECT 1 FROM ${schema}.run_tags AS t WHERE ${condition} AND t.created_at = runs.created_at AND t.run = runs.number)`;
  }

  return { values, value, way };
}

/** Whether walking a tag could take long, so that another way should be taken where there is one. */
async function isCommon(database: Database, schema: string, tag: string): Promise<boolean> {
  const rows = await database.query({
    text: `SELECT 1 FROM ${schema}.run_tags WHERE tag = $1 OFFSET ${commonTagRuns} LIMIT 1`,
    values: [plain(tag)],
  });
  return rows.length > 0;
}

async function isRare(database: Database, schema: string, usd: number): Promise<boolean> {
  const rows = await database.query({
    text: `SELECT 1 FROM ${schema}.runs WHERE usd > 0 AND usd >= $1 ORDER BY usd DESC OFFSET ${rareCostRuns} LIMIT 1`,
    values: [usd],
  });
  return rows.length === 0;
}

/** The different values of an index's first column, each found by one step down its tree. */
async function namesIn(database: Database, table: string, column: 'workflow' | 'tag'): Promise<readonly string[]> {
  const rows = await database.query({
    text: `
      WITH RECURSIVE names (name) AS (
        (SELECT ${column} FROM ${table} ORDER BY ${column} LIMIT 1)
        UNION ALL
        SELECT (SELECT ${column} FROM ${table} WHERE ${column} > name ORDER BY ${column} LIMIT 1) FROM names WHERE name IS NOT NULL
      )
      SELECT name FROM names WHERE name IS NOT NULL`,
    values: [],
  });
  return rows.map((row) => storedRow(NameRow, row, 'the list of runs').name);
}

function conditions(where: readonly string[]): string {
  return where.length === 0 ? '' : ` WHERE ${where.join(' AND ')}`;
}

function joined(parts: readonly string[], how: 'UNION' | 'UNION ALL'): string {
  return parts.length === 0 ? 'SELECT 0 AS number, 0::float8 AS created_at WHERE false' : parts.join(` ${how} `);
}
