import { describeStore } from '@telos/testkit';
import { afterAll, describe } from 'vitest';
import { handlesOn } from './testing/handles-on.ts';
import { testDatabase } from './testing/test-database.ts';

const database = testDatabase();

describe.each(['on', 'off'])('with prepared statements %s', (prepare) => {
  const schema = database.newSchema(`&prepare=${prepare}`);
  afterAll(() => schema.drop());
  describeStore('in PostgreSQL', () => handlesOn(schema.url));
});
