/**
 * Questions to a database that words alone decide.
 *
 * The words must be the whole question: a table, perhaps a column, one way of
 * counting. A name that the database lacks makes it refuse the statement, so a
 * wrong guess is an error and never a wrong number.
 */
import type { Json } from '@telos/core';

export type Dialect = 'sqlite' | 'postgres';

export type DatabaseQuestion = {
  readonly says: string;
  readonly sql: string;
  readonly params?: readonly Json[];
  /** The statement always gives a row. */
  readonly alwaysRows: boolean;
};

const name = '[a-z_][a-z0-9_]{0,62}';
const table = `(?:the\\s+)?(?:table\\s+)?["\`]?(?<table>${name})["\`]?(?:\\s+table)?`;
const column = `(?:the\\s+)?(?:column\\s+)?["\`]?(?<column>${name})["\`]?`;
const group = `(?:\\s+(?:by|per|for\\s+each|in\\s+each|grouped\\s+by)\\s+(?:the\\s+)?["\`]?(?<group>${name})["\`]?)?`;
const lead =
  '(?:(?:please\\s+)?(?:tell\\s+me|say|show(?:\\s+me)?|give(?:\\s+me)?|find(?:\\s+out)?|what\\s+(?:is|are|was)|compute|calculate|query)\\s+)?(?:the\\s+)?';
const rows = '(?:rows|records|entries|lines)';

type Shape = readonly [
  RegExp,
  (found: { readonly [part: string]: string | undefined }, dialect: Dialect) => DatabaseQuestion | undefined,
];

const aggregates: { readonly [word: string]: string } = {
  sum: 'sum',
  total: 'sum',
  average: 'avg',
  avg: 'avg',
  mean: 'avg',
  minimum: 'min',
  min: 'min',
  lowest: 'min',
  smallest: 'min',
  earliest: 'min',
  maximum: 'max',
  max: 'max',
  highest: 'max',
  largest: 'max',
  greatest: 'max',
  latest: 'max',
};

const shapes: readonly Shape[] = [
  [
    whole(
      `(?:list|${lead}(?:names\\s+of\\s+)?(?:all\\s+)?|which|what)\\s*(?:the\\s+)?(?:all\\s+)?tables(?:\\s+(?:are\\s+there|exist|it\\s+has|does\\s+it\\s+have|there\\s+are))?`,
    ),
    (_, dialect) => tables(dialect),
  ],
  [
    whole(
      `(?:describe|(?:list|${lead}|which|what)\\s*(?:the\\s+)?(?:columns|fields|structure|schema)\\s+(?:of|in|does|has))\\s+${table}(?:\\s+(?:have|has))?`,
    ),
    ({ table }, dialect) => columns(table, dialect),
  ],
  [
    whole(
      `(?:count|${lead}number\\s+of|${lead}count\\s+of|how\\s+many)\\s+(?:the\\s+|all\\s+)?(?:${rows}\\s+(?:are\\s+)?(?:in|of|has|does)\\s+)?${table}(?:\\s+${rows})?(?:\\s+(?:have|has|are\\s+there|there\\s+are|exist))?${group}`,
    ),
    counted,
  ],
  [
    whole(
      `(?:compute\\s+|sum\\s+up\\s+)?${lead}(?<how>${Object.keys(aggregates).join('|')})\\s+(?:of\\s+|value\\s+of\\s+)?(?:the\\s+)?(?:(?<table2>${name})\\.)?${column}(?:\\s+(?:in|of|from|over)\\s+(?:all\\s+)?${table})?${group}`,
    ),
    aggregated,
  ],
  [
    whole(`${lead}(?:first|top|any)\\s+(?<limit>\\d{1,4})\\s+(?:${rows}\\s+)?(?:of|in|from)\\s+${table}`),
    ({ table, limit }) => firstRows(table, limit),
  ],
];

/** Undefined: these words are no question of a known shape. */
export function databaseQuestion(words: string, dialect: Dialect): DatabaseQuestion | undefined {
  const asked = words.trim().replace(/[\s?.!]+$/, '');
  for (const [shape, read] of shapes) {
    const found = shape.exec(asked);
    if (found === null) continue;
    const question = read(found.groups ?? {}, dialect);
    if (question !== undefined) return question;
  }
  return undefined;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'i');
}

function tables(dialect: Dialect): DatabaseQuestion {
  const sql =
    dialect === 'sqlite'
      ? "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%' ORDER BY name"
      : "SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2";
  return { says: 'List the tables', sql, alwaysRows: false };
}

function columns(table: string | undefined, dialect: Dialect): DatabaseQuestion | undefined {
  if (table === undefined) return undefined;
  return dialect === 'sqlite'
    ? {
        says: `List the columns of ${table}`,
        sql: 'SELECT name, type FROM pragma_table_info(?)',
        params: [table],
        alwaysRows: false,
      }
    : {
        says: `List the columns of ${table}`,
        sql: 'SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1 ORDER BY ordinal_position',
        params: [table],
        alwaysRows: false,
      };
}

function counted({ table, group }: { readonly [part: string]: string | undefined }): DatabaseQuestion | undefined {
  if (table === undefined || notNames.has(table.toLowerCase())) return undefined;
  const from = `FROM ${identifier(table)}`;
  return group === undefined
    ? { says: `Count the rows of ${table}`, sql: `SELECT count(*) AS "count" ${from}`, alwaysRows: true }
    : {
        says: `Count the rows of ${table} by ${group}`,
        sql: `SELECT ${identifier(group)}, count(*) AS "count" ${from} GROUP BY ${identifier(group)} ORDER BY 2 DESC`,
        alwaysRows: false,
      };
}

function aggregated(found: { readonly [part: string]: string | undefined }): DatabaseQuestion | undefined {
  const { how = '', column, group } = found;
  const table = found['table2'] ?? found['table'];
  const call = aggregates[how.toLowerCase()];
  if (call === undefined || table === undefined || column === undefined || notNames.has(column.toLowerCase()))
    return undefined;
  const value = `${call}(${identifier(column)}) AS ${call}_${column}`;
  const from = `FROM ${identifier(table)}`;
  const says = `${{ sum: 'Sum', avg: 'Average', min: 'Lowest', max: 'Highest' }[call] ?? call} of ${column} in ${table}`;
  return group === undefined
    ? { says, sql: `SELECT ${value} ${from}`, alwaysRows: true }
    : {
        says: `${says} by ${group}`,
        sql: `SELECT ${identifier(group)}, ${value} ${from} GROUP BY ${identifier(group)} ORDER BY 2 DESC`,
        alwaysRows: false,
      };
}

function firstRows(table: string | undefined, limit: string | undefined): DatabaseQuestion | undefined {
  if (table === undefined || limit === undefined) return undefined;
  return {
    says: `Show ${limit} rows of ${table}`,
    sql: `SELECT * FROM ${identifier(table)} LIMIT ${Number(limit)}`,
    alwaysRows: false,
  };
}

/** Words that stand where a name would, and are none. */
const notNames: ReadonlySet<string> = new Set(
  'the of in from rows records entries lines number value table tables column columns all each'.split(' '),
);

/** Names that are words of SQL. Quoted, PostgreSQL takes them as they are written. */
const reserved: ReadonlySet<string> = new Set(
  'all and as asc between by case check column constraint create cross current_date current_time default delete desc distinct drop else end except exists from full group having in index inner insert into is join key left limit natural not null offset on or order outer primary references right row select set table then to transaction union unique update user using values view when where with'.split(
    ' ',
  ),
);

function identifier(word: string): string {
  return reserved.has(word.toLowerCase()) ? `"${word}"` : word;
}
