import { randomBytes } from 'node:crypto';
import type { Sealing } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const Row = z.object({ key: z.string() });

export function postgresSealing(database: Database, schema: string): Sealing {
  return {
    async key() {
      const values = [randomBytes(32).toString('hex')];
      await database.query({
        text: `INSERT INTO ${schema}.sealing (number, key) VALUES (1, $1) ON CONFLICT (number) DO NOTHING`,
        values,
      });
      const [row] = await database.query({ text: `SELECT key FROM ${schema}.sealing`, values: [] });
      return Buffer.from(storedRow(Row, row, 'the key that seals').key, 'hex');
    },
  };
}
