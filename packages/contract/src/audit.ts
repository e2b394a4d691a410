import { z } from 'zod';
import { pageOf } from './page.ts';
import { Timestamp } from './value.ts';

/** One thing that somebody had done. */
export const AuditEntryView = z.object({
  at: Timestamp,
  /** Whom the key was given to; absent: one without a name. */
  by: z.string().exactOptional(),
  /** The operation, as the OpenAPI document names it: `startRun`, `decide`, `publishWorkflow`. */
  action: z.string(),
  /** Id of the run, the workflow or the approval; of a start, a retry and a fork the new run. */
  subject: z.string().exactOptional(),
  /** Where the request came from. */
  address: z.string(),
  /** Id of the request, as `x-request-id` of its answer had it. */
  request: z.string(),
});
export type AuditEntryView = z.infer<typeof AuditEntryView>;

export const AuditPage = pageOf(AuditEntryView);
export type AuditPage = z.infer<typeof AuditPage>;

const instant = z.iso.datetime({ offset: true });

/** The query of `GET /v1/audit`, last written first. */
export const AuditQuery = z.strictObject({
  by: z.string().min(1).max(200).exactOptional(),
  action: z.string().min(1).max(100).exactOptional(),
  subject: z.string().min(1).max(200).exactOptional(),
  since: instant.exactOptional(),
  until: instant.exactOptional(),
  cursor: z.string().min(1).max(1000).exactOptional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type AuditQuery = z.infer<typeof AuditQuery>;
