import { afterAll, expect, it } from 'vitest';
import { testDatabase } from '../testing/test-database.ts';
import { booleanArray, integerArray, textArray } from './binary-array.ts';

const database = testDatabase();
const schema = database.newSchema();
afterAll(() => schema.drop());

it('arrays are read by the server as they were written', async () => {
  const texts = ['', 'plain', '{"a": ["\\\\", "NULL"]}', 'Grüße 世界 👩‍👩‍👧', 'x'.repeat(300_000)];
  const integers = [0, -1, 2_147_483_647, -2_147_483_648];
  const booleans = [true, false, true];
  expect(
    await schema.run('SELECT $1::text[] AS texts, $2::integer[] AS integers, $3::boolean[] AS booleans', [
      textArray(texts),
      integerArray(integers),
      booleanArray(booleans),
    ]),
  ).toEqual([{ texts, integers, booleans }]);
  expect(await schema.run('SELECT cardinality($1::text[]) AS length', [textArray([])])).toEqual([{ length: 0 }]);
});
