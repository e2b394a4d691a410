import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startPostgres } from '@telos/testkit/servers/postgres';
import type { PrivateServer } from '@telos/testkit/servers/private-server';
import type { Json } from '@telos/core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { realClock } from '../testing/clocks.ts';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { createWorkspace } from '../workspace.ts';
import { dbQueryTool } from './db-query.ts';

/** A name of this test's own, for a database that others may use too. */
const table = `telos_tools_${process.pid}`;

let url = process.env['TELOS_TEST_DATABASE_URL'];
let own: PrivateServer | undefined;

const limits = { maxRows: 1000, maxBytes: 1_000_000, timeoutMs: 30_000 };
const toolWith = (given: Partial<typeof limits> = {}) =>
  dbQueryTool(createWorkspace('.'), realClock, { ...limits, ...given });

function query(input: object, more: Partial<typeof limits> = {}, signal = new AbortController().signal) {
  return runTool(toolWith(more), { url, ...input }, recordingContext({ signal }));
}

function write(sql: string, params: Json = []) {
  const connections = { own: { kind: 'db', with: { url: url ?? '', access: 'write' } } };
  return runTool(toolWith(), { connection: 'own', sql, params }, recordingContext({ connections }));
}

beforeAll(async () => {
  if (url === undefined) own = await startPostgres();
  url ??= own?.url;
  await write(`CREATE TABLE ${table} (id int PRIMARY KEY, name text, price numeric(10, 2))`);
  await write(`INSERT INTO ${table} SELECT n, 'item ' || n, n * 1.5 FROM generate_series(1, 50) n`);
}, 60_000);

afterAll(async () => {
  try {
    await write(`DROP TABLE IF EXISTS ${table}`);
  } finally {
    await own?.stop();
  }
});

describe('db.query on PostgreSQL', () => {
  it('gives rows and columns, with parameters bound by position and by name', async () => {
    expect(await query({ sql: `SELECT id, name, price FROM ${table} WHERE id = $1`, params: [2] })).toEqual({
      columns: ['id', 'name', 'price'],
      rows: [{ id: 2, name: 'item 2', price: 3 }],
    });
    const named = await query({
      sql: `SELECT id FROM ${table} WHERE id > :from AND id < :to ORDER BY id`,
      params: { from: 3, to: 6 },
    });
    expect(named.rows).toEqual([{ id: 4 }, { id: 5 }]);
    const hostile = await query({
      sql: `SELECT count(*) AS n FROM ${table} WHERE name = $1`,
      params: ["x' OR '1'='1"],
    });
    expect(hostile.rows).toEqual([{ n: 0 }]);
  });

  it('binds lists as arrays and objects as JSON', async () => {
    expect(
      (await query({ sql: `SELECT count(*) AS n FROM ${table} WHERE id = ANY($1::int[])`, params: [[1, 2, 99]] })).rows,
    ).toEqual([{ n: 2 }]);
    expect(
      (await query({ sql: 'SELECT $1::jsonb AS a, $2::boolean AS b, $3::text AS c', params: [{ x: [1] }, true, null] }))
        .rows,
    ).toEqual([{ a: { x: [1] }, b: true, c: null }]);
  });

  it('gives every type as JSON without losing any of it', async () => {
    const sql = `SELECT 9007199254740993::int8 AS large, 42::int8 AS small, 12345678901234567890.12::numeric AS exact, 1.50::numeric AS price,
      'NaN'::float8 AS nan, '2026-11-23'::date AS day, '2026-11-23 10:00:00.123456'::timestamp AS local,
      '2026-11-23 10:00:00+02'::timestamptz AS instant, '\\x00ff'::bytea AS bytes, '{"a": [1]}'::json AS doc, true AS yes,
      ARRAY[1, 2] AS ints, ARRAY['a,b', NULL] AS texts, ARRAY[1.5, 2]::numeric[] AS numbers, ARRAY['2026-11-23']::date[] AS days,
      '1 day 2 hours'::interval AS span, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS id, NULL::int AS none`;
    expect((await query({ sql })).rows).toEqual([
      {
        large: '9007199254740993',
        small: 42,
        exact: '12345678901234567890.12',
        price: 1.5,
        nan: 'NaN',
        day: '2026-11-23',
        local: '2026-11-23T10:00:00.123456',
        instant: '2026-11-23T08:00:00Z',
        bytes: 'AP8=',
        doc: { a: [1] },
        yes: true,
        ints: [1, 2],
        texts: ['a,b', null],
        numbers: [1.5, 2],
        days: ['2026-11-23'],
        span: 'P1DT2H',
        id: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
        none: null,
      },
    ]);
  });

  it('gives column names when there are no rows, and tells repeated names apart', async () => {
    expect(await query({ sql: 'SELECT 1 AS a, 2 AS a WHERE false' })).toEqual({ columns: ['a', 'a_2'], rows: [] });
  });

  it('marks an answer that was cut, also one without an end', async () => {
    const cut = await query({ sql: 'SELECT * FROM generate_series(1, 10) AS n' }, { maxRows: 3 });
    expect(cut).toEqual({ columns: ['n'], rows: [{ n: 1 }, { n: 2 }, { n: 3 }], truncated: true });
    const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n';
    expect((await query({ sql: endless }, { maxRows: 5 })).rows).toHaveLength(5);
  });

  it('gives up a row that would fill the memory, and goes on', async () => {
    const sql = "SELECT repeat('x', 300000000) AS x";
    await expect(query({ sql })).rejects.toMatchObject({
      code: 'DB_QUERY_FAILED',
      message: expect.stringContaining('8000000 bytes'),
    });
    expect((await query({ sql: 'SELECT 1 AS one' })).rows).toEqual([{ one: 1 }]);
  });

  it('refuses a document that is nested too deep', async () => {
    const text = "(repeat('[', 3000) || repeat(']', 3000))";
    await expect(query({ sql: `SELECT ${text}::json AS x` })).rejects.toMatchObject({
      code: 'VALUE_TOO_DEEP',
      kind: 'terminal',
    });
    expect((await query({ sql: `SELECT length(${text}) AS n` })).rows).toEqual([{ n: 6000 }]);
  });

  it('gives many rows that are more than one may be', async () => {
    const sql = "SELECT repeat('x', 9000) AS x FROM generate_series(1, 2000)";
    expect(await query({ sql }, { maxRows: 5000, maxBytes: 2_000_000 })).toMatchObject({ truncated: true });
    await expect(write(sql)).resolves.toMatchObject({ truncated: true });
  });

  it.each([
    'INSERT INTO TABLE_ VALUES (99)',
    'UPDATE TABLE_ SET price = 0',
    'WITH gone AS (DELETE FROM TABLE_ RETURNING 1) SELECT * FROM gone',
    'CREATE TABLE other (a int)',
    'SET TRANSACTION READ WRITE',
    'COMMIT',
    "COPY TABLE_ TO PROGRAM 'true'",
    "SELECT set_config('transaction_read_only', 'off', true)",
    'SELECT * FROM TABLE_ FOR UPDATE',
    'EXPLAIN ANALYZE DELETE FROM TABLE_',
    'DO $$ BEGIN DELETE FROM TABLE_; END $$',
    "SELECT nextval(pg_get_serial_sequence('TABLE_', 'id'))",
  ])('refuses or does not do on a read-only connection: %s', async (sql) => {
    const outcome = await query({ sql: sql.replaceAll('TABLE_', table) }).then(
      () => 'answered',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
    );
    if (sql.includes('nextval')) expect(outcome).toBe('answered');
    else expect(outcome).toMatch(/^DB_(ACCESS_REFUSED|QUERY_FAILED)$/);
    expect((await query({ sql: `SELECT count(*) AS n, sum(price) > 0 AS priced FROM ${table}` })).rows).toEqual([
      { n: 50, priced: true },
    ]);
  });

  it.each([
    "SELECT pg_read_file('PG_VERSION')",
    'SELECT pg_catalog."pg_read_file"(\'PG_VERSION\')',
    "SELECT pg_ls_dir('.')",
    "SELECT lo_export(lo_creat(-1), '/dev/null')",
    "SELECT set_config('role', 'none', false), set_config('transaction_read_only', 'off', false)",
    "SELECT U&\"set\\005fconfig\"('role', 'none', false)",
    "SELECT query_to_xml('select set_' || 'config(''role'', ''none'', false)', true, false, '')",
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity',
    "SELECT * FROM dblink('dbname=postgres', 'DROP TABLE TABLE_') AS t(x text)",
    "--\rDO 'BEGIN EXECUTE ''DELETE FROM TABLE_''; END' /*\nSELECT 1 */",
    "--\rCOPY (SELECT 1) TO PROGRAM 'true' /*\nSELECT 1 */",
  ])('lets no superuser reach further than tables on a read-only connection: %s', async (sql) => {
    await expect(query({ sql: sql.replaceAll('TABLE_', table) })).rejects.toMatchObject({ code: 'DB_ACCESS_REFUSED' });
  });

  it('reads as a role that reads alone when the login is a superuser, from the schemas that the login would look in', async () => {
    const schema = new URL(url ?? '').username;
    await write(`CREATE SCHEMA "${schema}"`);
    try {
      await write(`CREATE TABLE "${schema}".${table}_own AS SELECT 7 AS seven`);
      expect((await query({ sql: `SELECT current_user::text AS me, seven FROM ${table}_own` })).rows).toEqual([
        { me: 'pg_read_all_data', seven: 7 },
      ]);
    } finally {
      await write(`DROP SCHEMA "${schema}" CASCADE`);
    }
  });

  it("lets no function of the database do with a superuser's login what a reader may not", async () => {
    await write(`CREATE FUNCTION ${table}_peek() RETURNS text LANGUAGE sql AS $$ SELECT pg_read_file('PG_VERSION') $$`);
    try {
      await expect(query({ sql: `SELECT ${table}_peek()` })).rejects.toMatchObject({
        code: 'DB_ACCESS_REFUSED',
        message: expect.stringContaining('permission denied for function pg_read_file'),
      });
    } finally {
      await write(`DROP FUNCTION ${table}_peek`);
    }
  });

  it('tells apart rows that are not there and rows that a policy hides', async () => {
    await write(`CREATE TABLE ${table}_hidden AS SELECT 1 AS n`);
    await write(`ALTER TABLE ${table}_hidden ENABLE ROW LEVEL SECURITY`);
    try {
      await expect(query({ sql: `SELECT * FROM ${table}_hidden` })).rejects.toMatchObject({
        code: 'DB_ACCESS_REFUSED',
        message: expect.stringContaining('row-level security'),
      });
    } finally {
      await write(`DROP TABLE ${table}_hidden`);
    }
  });

  it('holds a file function back that was granted to the role, and the role to its own tables', async () => {
    const role = `${table}_role`;
    await write(`CREATE ROLE ${role} LOGIN PASSWORD 'reads'`);
    await write(`GRANT EXECUTE ON FUNCTION pg_read_file(text) TO ${role}`);
    const as = new URL(url ?? '');
    [as.username, as.password] = [role, 'reads'];
    try {
      await expect(query({ url: as.href, sql: "SELECT pg_read_file('PG_VERSION')" })).rejects.toMatchObject({
        code: 'DB_ACCESS_REFUSED',
        message: expect.stringContaining('pg_read_file'),
      });
      await expect(query({ url: as.href, sql: `SELECT * FROM ${table}` })).rejects.toMatchObject({
        code: 'DB_ACCESS_REFUSED',
        message: expect.stringContaining('permission denied'),
      });
      expect((await query({ url: as.href, sql: 'SELECT current_user::text AS me' })).rows).toEqual([{ me: role }]);
    } finally {
      await write(`DROP OWNED BY ${role}`);
      await write(`DROP ROLE ${role}`);
    }
  });

  it('takes a guarded name for a value when it comes as a parameter', async () => {
    expect((await query({ sql: 'SELECT $1::text AS name', params: ['set_config'] })).rows).toEqual([
      { name: 'set_config' },
    ]);
  });

  it('refuses two statements', async () => {
    await expect(query({ sql: 'SELECT 1; SELECT 2' })).rejects.toMatchObject({ code: 'DB_STATEMENT_INVALID' });
  });

  it('writes on a connection that says so', async () => {
    expect(await write(`INSERT INTO ${table} VALUES (:id, :name, 0)`, { id: 1000, name: 'new' })).toEqual({
      columns: [],
      rows: [],
      changes: 1,
    });
    expect((await write(`DELETE FROM ${table} WHERE id = $1 RETURNING name`, [1000])).rows).toEqual([{ name: 'new' }]);
  });

  it('says what the server says, with its code and the position', async () => {
    await expect(query({ sql: 'SELECT nonesuch' })).rejects.toMatchObject({
      code: 'DB_QUERY_FAILED',
      message: expect.stringContaining('column "nonesuch" does not exist'),
      details: { sqlstate: '42703', position: 8 },
    });
  });

  it('ends a statement that runs longer than its bound', async () => {
    await expect(query({ sql: 'SELECT pg_sleep(600)' }, { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'DB_TIMEOUT',
      kind: 'retryable',
    });
  });

  it('cancels the statement on the server when its signal aborts', async () => {
    const cancel = new AbortController();
    const mark = `cancel_${process.pid}`;
    const watch = async () =>
      (
        await write(
          "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE $1 AND state = 'active' AND pid <> pg_backend_pid()",
          [`%${mark}%pg_sleep%`],
        )
      ).rows[0]?.['n'];
    const running = query({ sql: `SELECT '${mark}', pg_sleep(600)` }, {}, cancel.signal);
    const expected = expect(running).rejects.toThrow('cancelled by the run');
    while ((await watch()) !== 1);
    cancel.abort(new Error('cancelled by the run'));
    await expected;
    while ((await watch()) !== 0);
  });

  it('rejects at once when its signal aborts while the server says nothing', async () => {
    const cancel = new AbortController();
    const server = createServer((socket) => {
      socket.once('data', () => cancel.abort(new Error('cancelled by the run')));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
    const asked = query({ url: `postgres://me@127.0.0.1:${port}/db`, sql: 'SELECT 1' }, {}, cancel.signal);
    await expect(asked).rejects.toThrow('cancelled by the run');
  });

  it('does not start when its signal has aborted already', async () => {
    await expect(query({ sql: 'SELECT 1' }, {}, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('says that a server is away, without the password of its URL', async () => {
    const failure: unknown = await query({ url: 'postgres://me:pa%3Ass-word@127.0.0.1:1/db', sql: 'SELECT 1' }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'DB_UNAVAILABLE', kind: 'retryable' });
    expect(JSON.stringify(failure) + String(failure)).not.toMatch(/pa%3Ass|pa:ss|ss-word/);
    expect(String(failure)).toContain('127.0.0.1:1/db');
  });

  it('says that there is no such database', async () => {
    const wrong = new URL(url ?? '');
    wrong.pathname = '/no_such_database';
    await expect(query({ url: wrong.href, sql: 'SELECT 1' })).rejects.toMatchObject({ code: 'DB_CONNECTION_INVALID' });
  });

  it.each([
    'postgres://',
    'postgres:///db',
    'postgres://host',
    'postgres://host/db?sslkey=/etc/passwd',
    'postgres://h/db?host=/tmp',
  ])('refuses the URL %s', async (wrong) => {
    await expect(query({ url: wrong, sql: 'SELECT 1' })).rejects.toMatchObject({ code: 'DB_CONNECTION_INVALID' });
  });

  it('sends no password that its URL does not hold, whatever the environment holds', async () => {
    const sent: string[] = [];
    // A server that asks for the password in clear text (R, 3), and reads the answer.
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]));
        socket.once('data', (answer) => {
          sent.push(answer.toString().slice(5, -1));
          socket.destroy();
        });
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    vi.stubEnv('PGPASSWORD', 'of-the-operator');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { port } = server.address() as AddressInfo; // a TCP server has no other kind of address
    for (const credentials of ['me', 'me:own']) {
      const asked = query({ url: `postgres://${credentials}@127.0.0.1:${port}/db`, sql: 'SELECT 1' });
      await expect(asked).rejects.toMatchObject({ code: 'DB_UNAVAILABLE' });
    }
    expect(sent).toEqual(['', 'own']);
  });
});
