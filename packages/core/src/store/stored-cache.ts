/** What calls have given, as rows of a table. */
import { z } from 'zod';
import type { CachedOutput } from '../ports/step-cache.ts';
import { labelling } from '../run/event-labels.ts';
import { payload } from '../run/event-parts.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({ cached: z.string() });

const Cached = z.object({
  key: z.string(),
  run: z.string(),
  path: z.string(),
  output: payload,
  labelling,
  permissions: z.string(),
  at: z.number(),
  until: z.number(),
});

/** Expired ones that are removed with each that is put. */
export const expiredAtOnce = 100;

/** @param row Its column `cached` is JSON. @throws TelosError STORE_CORRUPT. */
export function cachedOutputOf(row: unknown, key: string): CachedOutput {
  const what = `what is cached under ${key}`;
  return storedRow(Cached, storedJson(storedRow(Row, row, what).cached, what), what);
}
