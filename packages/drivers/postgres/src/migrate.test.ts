import type { Store } from '@telos/core';
import { aNewRun } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPostgresStore } from './open-postgres-store.ts';
import { testDatabase } from './testing/test-database.ts';
import type { TestSchema } from './testing/test-database.ts';

const database = testDatabase();
let schema: TestSchema;
beforeEach(() => {
  schema = database.newSchema();
});
afterEach(() => schema.drop());

async function used(): Promise<Store> {
  const store = await openPostgresStore({ url: schema.url });
  await store.journal.create(aNewRun());
  return store;
}

const columns = () =>
  schema.run('SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = $1', [schema.schema]);

describe('the schema of a store', () => {
  it('is made at the first start and left alone at the next', async () => {
    await (await used()).close();
    const before = await columns();
    const store = await used();
    expect(await store.runs.count({})).toBe(2);
    expect(await columns()).toEqual(before);
    await store.close();
  });

  it('is refused, and left as it is, when a newer version has made it', async () => {
    await (await used()).close();
    await schema.run(`UPDATE ${schema.schema}.store SET version = 99`);
    await expect(openPostgresStore({ url: schema.url })).rejects.toMatchObject({
      code: 'STORE_NEWER',
      details: { version: 99 },
    });
    expect(await schema.run(`SELECT version FROM ${schema.schema}.store`)).toEqual([{ version: 99 }]);
  });

  it.each([
    ['holds tables but no mark', 'CREATE TABLE SCHEMA.runs (id int)'],
    ['has a table `store` of another kind', 'CREATE TABLE SCHEMA.store (street text)'],
    ['has a table `store` that is empty', 'CREATE TABLE SCHEMA.store (mark text, version int)'],
    ['has another mark', "CREATE TABLE SCHEMA.store AS SELECT 'grocery' AS mark, 1 AS version"],
    ['has a mark without a version', "CREATE TABLE SCHEMA.store AS SELECT 'telos store' AS mark, 'one' AS version"],
  ])('is refused, and left as it is, when it %s', async (_, sql) => {
    await schema.run(`CREATE SCHEMA ${schema.schema}`);
    await schema.run(sql.replace('SCHEMA', schema.schema));
    const before = await columns();
    await expect(openPostgresStore({ url: schema.url })).rejects.toMatchObject({ code: 'STORE_FOREIGN' });
    expect(await columns()).toEqual(before);
  });

  it('may be an empty one that was made for a user who may make none', async ({ skip }) => {
    const [own] = await schema.run(
      'SELECT rolsuper OR rolcreaterole AS "makesRoles" FROM pg_roles WHERE rolname = current_user',
    );
    skip(own?.['makesRoles'] !== true, 'the user of the test database may make no roles');
    const role = `${schema.schema}_user`;
    await schema.run(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`);
    const url = new URL(schema.url);
    url.username = role;
    url.password = 'secret';
    await expect(openPostgresStore({ url: url.href })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('does not allow this to its user') as unknown,
    });
    await schema.run(`CREATE SCHEMA ${schema.schema} AUTHORIZATION ${role}`);
    const store = await openPostgresStore({ url: url.href });
    await store.journal.create(aNewRun());
    await store.close();
    await schema.drop();
    await schema.run(`DROP ROLE ${role}`);
  });
});
