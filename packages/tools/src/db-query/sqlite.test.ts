import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { heldClock, realClock } from '../testing/clocks.ts';
import { recordingContext } from '../testing/recording-context.ts';
import type { RecordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { createWorkspace } from '../workspace.ts';
import { dbQueryTool } from './db-query.ts';
import type { QueryLimits } from './database.ts';

const limits: QueryLimits = { maxRows: 100, maxBytes: 10_000, timeoutMs: 30_000 };

function setUp(given: Partial<QueryLimits> = {}, clock = realClock) {
  const base = mkdtempSync(join(tmpdir(), 'telos-db-'));
  const folder = join(base, 'work');
  mkdirSync(folder);
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const file = join(folder, 'shop.db');
  const database = new DatabaseSync(file);
  database.exec(
    "CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL); INSERT INTO item VALUES (1, 'pen', 1.5), (2, 'ink', 4), (3, 'pad', NULL)",
  );
  database.close();
  const tool = dbQueryTool(createWorkspace(folder), clock, { ...limits, ...given });
  const connections = {
    shop: { kind: 'db', with: { url: 'sqlite:shop.db', access: 'write' } },
    reader: { kind: 'db', with: { url: 'sqlite:shop.db' } },
    other: { kind: 'mcp', with: { url: 'https://mcp.example' } },
  };
  const context = recordingContext({ connections });
  const query = (input: object, own: RecordingContext = context) =>
    runTool(tool, { url: 'sqlite:shop.db', ...input }, own);
  const write = (input: object) => runTool(tool, { connection: 'shop', ...input }, context);
  return { base, folder, file, tool, query, write, context };
}

describe('db.query on SQLite', () => {
  it.each([
    ['selct 1', 'near "selct": syntax error (at character 1)'],
    ['SELECT *\nFORM item', 'near "FORM": syntax error (at character 10)'],
    ['SELECT nmae FROM item', 'no such column: nmae (at character 8)'],
    ['SELECT id FROM itme', 'no such table: itme (at character 16)'],
    ['wtih a AS (SELECT 1) SELECT 1', 'near "wtih": syntax error (at character 1)'],
  ])('says of %j in the words of the database what is wrong, and where', async (sql, said) => {
    await expect(setUp().query({ sql })).rejects.toMatchObject({
      code: 'DB_QUERY_FAILED',
      message: expect.stringContaining(said) as unknown,
    });
  });

  it.each(['DELETE FROM item', 'SET x', 'vacuum', 'frobnicate 1'])(
    'refuses %j, which no slip of the hand makes of what reads',
    async (sql) => {
      await expect(setUp().query({ sql })).rejects.toMatchObject({ code: 'DB_ACCESS_REFUSED' });
    },
  );

  it('gives rows and columns, and records the call', async () => {
    const { query, context } = setUp();
    expect(await query({ sql: 'SELECT id, name, price FROM item ORDER BY id LIMIT 2' })).toEqual({
      columns: ['id', 'name', 'price'],
      rows: [
        { id: 1, name: 'pen', price: 1.5 },
        { id: 2, name: 'ink', price: 4 },
      ],
    });
    expect(context.calls).toMatchObject([
      { kind: 'tool', name: 'db.query', input: { database: 'SQLite shop.db' }, output: { rows: 2 } },
    ]);
  });

  it('gives column names when there are no rows, and tells repeated names apart', async () => {
    const { query } = setUp();
    expect(await query({ sql: 'SELECT id AS a, name AS a FROM item WHERE 0' })).toEqual({
      columns: ['a', 'a_2'],
      rows: [],
    });
    expect((await query({ sql: 'SELECT 1 AS a, 2 AS a' })).rows).toEqual([{ a: 1, a_2: 2 }]);
  });

  it('binds parameters by position and by name, and never pastes them', async () => {
    const { query } = setUp();
    const hostile = "pen' OR '1'='1";
    expect((await query({ sql: 'SELECT count(*) AS n FROM item WHERE name = ?', params: [hostile] })).rows).toEqual([
      { n: 0 },
    ]);
    expect(
      (await query({ sql: 'SELECT id FROM item WHERE name = :name AND id < :top', params: { name: 'pen', top: 5 } }))
        .rows,
    ).toEqual([{ id: 1 }]);
  });

  it('binds whole numbers as integers, booleans as 1 and 0, and lists as JSON', async () => {
    const { query } = setUp();
    const sql = 'SELECT typeof(?) AS a, ? AS b, typeof(?) AS c, (SELECT sum(value) FROM json_each(?)) AS d, ? AS e';
    expect((await query({ sql, params: [1, true, 1.5, [1, 2, 3], null] })).rows).toEqual([
      { a: 'integer', b: 1, c: 'real', d: 6, e: null },
    ]);
  });

  it('loses nothing: large integers become text, bytes become base64', async () => {
    const { query } = setUp();
    const sql =
      "SELECT 9007199254740993 AS large, 9007199254740991 AS safe, x'00ff' AS bytes, 9e999 AS infinite, NULL AS none";
    expect((await query({ sql })).rows).toEqual([
      { large: '9007199254740993', safe: 9007199254740991, bytes: 'AP8=', infinite: 'Infinity', none: null },
    ]);
  });

  it('marks an answer that was cut at the row limit, and one cut at the byte limit', async () => {
    const { query } = setUp({ maxRows: 2 });
    const cut = await query({ sql: 'SELECT id FROM item' });
    expect(cut).toEqual({ columns: ['id'], rows: [{ id: 1 }, { id: 2 }], truncated: true });
    expect(await query({ sql: 'SELECT id FROM item LIMIT 2' })).not.toHaveProperty('truncated');
    const endless =
      "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT printf('%0100d', x) AS x FROM n";
    const wide = await setUp({ maxRows: 1e9 }).query({ sql: endless });
    expect(wide.truncated).toBe(true);
    expect(wide.rows.length).toBeGreaterThan(10);
    expect(wide.rows.length).toBeLessThan(100);
  });

  it.each([
    "INSERT INTO item VALUES (9, 'x', 1)",
    'UPDATE item SET price = 0',
    'DELETE FROM item',
    'DROP TABLE item',
    'CREATE TABLE t (a)',
    "ATTACH DATABASE 'other.db' AS other",
    "VACUUM INTO 'copy.db'",
    'PRAGMA journal_mode = DELETE',
    'PRAGMA user_version = 7',
    'PRAGMA writable_schema = 1',
    'WITH x AS (SELECT 1) DELETE FROM item',
    'EXPLAIN ANALYZE SELECT 1',
    "SELECT load_extension('x')",
    'REINDEX',
  ])('refuses on a read-only connection: %s', async (sql) => {
    const { query, file } = setUp();
    const before = readFileSync(file);
    await expect(query({ sql })).rejects.toMatchObject({
      code: expect.stringMatching(/^DB_(ACCESS_REFUSED|QUERY_FAILED)$/),
    });
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('allows to look at the schema', async () => {
    const { query } = setUp();
    expect((await query({ sql: 'PRAGMA table_info(item)' })).rows.map((row) => row['name'])).toEqual([
      'id',
      'name',
      'price',
    ]);
    expect((await query({ sql: 'PRAGMA user_version' })).rows).toEqual([{ user_version: 0 }]);
    expect((await query({ sql: 'SELECT name FROM sqlite_schema' })).rows).toEqual([{ name: 'item' }]);
  });

  it('writes on a connection that says so, and gives the number of changed rows', async () => {
    const { write, query } = setUp();
    expect(await write({ sql: 'UPDATE item SET price = price + :by WHERE price > 0', params: { by: 1 } })).toEqual({
      columns: [],
      rows: [],
      changes: 2,
    });
    expect((await write({ sql: "INSERT INTO item (name) VALUES ('cap') RETURNING id" })).rows).toEqual([{ id: 4 }]);
    expect((await query({ sql: 'SELECT sum(price) AS total FROM item' })).rows).toEqual([{ total: 7.5 }]);
  });

  it('carries a writing statement through although its answer is cut', async () => {
    const { write, query } = setUp({ maxRows: 1 });
    const cut = await write({ sql: 'UPDATE item SET price = 9 RETURNING id' });
    expect([cut.rows.length, cut.truncated]).toEqual([1, true]);
    expect((await query({ sql: 'SELECT count(*) AS n FROM item WHERE price = 9' })).rows).toEqual([{ n: 3 }]);
  });

  it('reaches no other file even on a writing connection', async () => {
    const { write, folder } = setUp();
    await expect(write({ sql: `ATTACH DATABASE '${folder}/other.db' AS other` })).rejects.toMatchObject({
      code: 'DB_ACCESS_REFUSED',
    });
    await expect(write({ sql: `VACUUM INTO '${folder}/copy.db'` })).rejects.toMatchObject({
      code: 'DB_ACCESS_REFUSED',
    });
  });

  it('has the effect that its connection has', () => {
    const { tool, context } = setUp();
    const effect = (target: object) => tool.effectOf?.(tool.input.parse({ sql: 'SELECT 1', ...target }), context);
    expect([
      effect({ url: 'sqlite:shop.db' }),
      effect({ connection: 'reader' }),
      effect({ connection: 'shop' }),
    ]).toEqual(['read', 'read', 'write']);
    expect(effect({ connection: 'nonesuch' })).toBe('read');
    expect([tool.effect, tool.returns]).toEqual(['write', ['private']]);
  });

  it('says what SQLite says when the statement is wrong', async () => {
    const { query } = setUp();
    await expect(query({ sql: 'SELECT nonesuch FROM item' })).rejects.toMatchObject({
      code: 'DB_QUERY_FAILED',
      message: expect.stringContaining('no such column: nonesuch'),
    });
    await expect(query({ sql: 'SELECT 1; SELECT 2' })).rejects.toMatchObject({ code: 'DB_STATEMENT_INVALID' });
  });

  it.each([
    ['sqlite:../shop.db', 'FILE_OUTSIDE_WORKSPACE'],
    ['sqlite:/etc/passwd', 'FILE_OUTSIDE_WORKSPACE'],
    ['sqlite:link.db', 'FILE_OUTSIDE_WORKSPACE'],
    ['sqlite:shp.db', 'FILE_NOT_FOUND'],
    ['sqlite::memory:', 'FILE_NOT_FOUND'],
    ['sqlite:text.db', 'DB_CONNECTION_INVALID'],
    ['mysql://host/db', 'DB_CONNECTION_INVALID'],
    ['shop', 'DB_CONNECTION_INVALID'],
    ['postgres://', 'DB_CONNECTION_INVALID'],
  ])('refuses %s with %s', async (url, code) => {
    const { base, folder, query } = setUp();
    writeFileSync(join(base, 'outer.db'), '');
    symlinkSync(join(base, 'outer.db'), join(folder, 'link.db'));
    writeFileSync(
      join(folder, 'text.db'),
      'this is no database, only a text that is long enough to be looked at as one'.repeat(20),
    );
    await expect(query({ url, sql: 'SELECT * FROM sqlite_schema' })).rejects.toMatchObject({ code });
  });

  it('takes the name of a file alone when it ends like a database', async () => {
    expect((await setUp().query({ url: 'shop.db', sql: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
  });

  it.each(['nonesuch', 'other'])('refuses the connection "%s"', async (connection) => {
    const { tool, context } = setUp();
    await expect(runTool(tool, { connection, sql: 'SELECT 1' }, context)).rejects.toMatchObject({
      code: 'DB_CONNECTION_INVALID',
      message: expect.stringContaining(connection),
    });
  });

  it('wants exactly one of url and connection', () => {
    const { tool } = setUp();
    expect(tool.input.safeParse({ sql: 'SELECT 1' }).success).toBe(false);
    expect(tool.input.safeParse({ sql: 'SELECT 1', url: 'a.db', connection: 'b' }).success).toBe(false);
  });

  it('stops a statement that never ends when its signal aborts, and answers the next', async () => {
    const { query } = setUp();
    const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n';
    const cancel = new AbortController();
    const running = query({ sql: endless }, recordingContext({ signal: cancel.signal }));
    await query({ sql: 'SELECT 1' });
    cancel.abort(new Error('cancelled by the run'));
    await expect(running).rejects.toThrow('cancelled by the run');
    expect((await query({ sql: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
  });

  it('stops a statement that runs longer than its bound', async () => {
    const clock = heldClock();
    const { query } = setUp({}, clock);
    const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n';
    const running = query({ sql: endless });
    const expected = expect(running).rejects.toMatchObject({ code: 'DB_TIMEOUT', kind: 'retryable' });
    await query({ sql: 'SELECT 1' });
    await clock.advance(30_000);
    await expected;
  });

  it('answers many at once', async () => {
    const { query } = setUp();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => query({ sql: 'SELECT ? AS n', params: [n] })),
    );
    expect(answers.map(({ rows }) => rows[0]?.['n'])).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});
