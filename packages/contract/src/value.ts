/**
 * Values as HTTP bodies carry them.
 *
 * Names are snake_case, instants are ISO 8601 in UTC, a field that has no value
 * is absent rather than null.
 */
import { z } from 'zod';
import type { Json, JsonObject, Labelling } from '@telos/core';

// A body was JSON text a moment ago and can hold nothing else, so it is not walked a second time.
export const JsonValue = z.unknown() as z.ZodType<Json>;
export const JsonRecord = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject>;

/** ISO 8601 in UTC with milliseconds: `2026-11-03T09:30:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });

/** SHA-256 in lower-case hexadecimal. */
export const HashView = z.string().regex(/^[0-9a-f]{64}$/);

/** A value that is too large to stand in the body: read it at `/v1/artifacts/{blob}`. */
export const BlobRef = z.object({
  blob: z.string(),
  bytes: z.int().min(0),
  /** The beginning of its JSON text. */
  preview: z.string().exactOptional(),
});
export type BlobRef = z.infer<typeof BlobRef>;

/** A value, or where to read it. */
export const PayloadView = z.union([BlobRef, z.object({ value: JsonValue })]);
export type PayloadView = z.infer<typeof PayloadView>;

export const LabelsView = z.array(z.enum(['untrusted', 'private']));

/** Labels in full: each with the steps and inputs that it came in by, and what each field carries that differs from the whole. */
export const LabellingView = z.object({
  untrusted: z.array(z.string()).exactOptional(),
  private: z.array(z.string()).exactOptional(),
  /** By field, each written like the whole. */
  fields: JsonRecord.exactOptional(),
  // The same shape with its depth written out: a schema that names itself is more than a page about it can show.
}) as unknown as z.ZodType<Labelling>;
export type LabellingView = z.infer<typeof LabellingView>;
