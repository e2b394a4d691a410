import { z } from 'zod';
import type { AuditEntry } from '../ports/audit.ts';
import type { Page } from '../ports/page.ts';
import { pageOfRows, placeIn } from './stored-page.ts';
import { storedRow } from './stored-row.ts';

const Row = z.object({
  // PostgreSQL gives whole numbers of 64 bits as text.
  number: z.coerce.number(),
  at: z.number(),
  person: z.string().nullable(),
  action: z.string(),
  subject: z.string().nullable(),
  address: z.string(),
  request: z.string(),
});

/** A page of rows of the audit log, last written first; one row more than asked for tells that another page follows. */
export function auditPageOf(rows: readonly unknown[], limit: number): Page<AuditEntry> {
  const read = rows.map((row) => storedRow(Row, row, 'the audit log'));
  return pageOfRows(read, limit, entryOf, ({ number }) => [number]);
}

/** Where the page before ended. @throws TelosError PAGE_INVALID */
export function auditPlaceOf(cursor: string): number {
  return placeIn(cursor, z.tuple([z.number()]))[0];
}

function entryOf({ at, person, action, subject, address, request }: z.output<typeof Row>): AuditEntry {
  return {
    at,
    ...(person === null ? {} : { by: person }),
    action,
    ...(subject === null ? {} : { subject }),
    address,
    request,
  };
}
