import { z } from 'zod';
import { anyJsonObject } from '../json.ts';
import type { ForeignSpan } from '../ports/foreign-spans.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({ span: z.string() });

const Stored = z.object({
  trace: z.string(),
  id: z.string(),
  parent: z.string().exactOptional(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  startedAt: z.number(),
  endedAt: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  message: z.string().exactOptional(),
  attributes: anyJsonObject,
});

export function foreignSpanOf(row: unknown): ForeignSpan {
  const what = 'the spans of other services';
  return storedRow(Stored, storedJson(storedRow(Row, row, what).span, what), what);
}
