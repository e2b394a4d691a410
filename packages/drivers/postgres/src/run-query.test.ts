import { describeRunFilters } from '@telos/testkit';
import { afterAll } from 'vitest';
import { openPostgresStore } from './open-postgres-store.ts';
import { testDatabase } from './testing/test-database.ts';
import type { TestSchema } from './testing/test-database.ts';

const database = testDatabase();
const schemas: TestSchema[] = [];
afterAll(async () => {
  for (const schema of schemas) await schema.drop();
});

describeRunFilters(() => {
  const schema = database.newSchema();
  schemas.push(schema);
  return openPostgresStore({ url: schema.url });
});
