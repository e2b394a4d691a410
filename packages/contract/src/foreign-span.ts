/** Spans that other services tell of a trace that a run is part of. */
import { z } from 'zod';
import { JsonRecord, Timestamp } from './value.ts';

export const ForeignSpanView = z.object({
  /** 16 hexadecimal digits. */
  id: z.string(),
  /** A span of the run, or of any service, perhaps of one that tells nothing here. */
  parent_id: z.string().exactOptional(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(['internal', 'server', 'client', 'producer', 'consumer']),
  started_at: Timestamp,
  ended_at: Timestamp,
  status: z.enum(['unset', 'ok', 'error']),
  message: z.string().exactOptional(),
  attributes: JsonRecord,
});
export type ForeignSpanView = z.infer<typeof ForeignSpanView>;

const identifier = (digits: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`));
/** 64 bits: text in JSON, as the protocol has it; some write a number. */
const nanoseconds = z.union([z.string().regex(/^\d{1,20}$/), z.number().min(0)]);
const Attributes = z
  .array(z.looseObject({ key: z.string().max(500), value: z.unknown().optional() }))
  .max(1000)
  .default([]);

/** The body of `POST /v1/traces`, as OTLP/JSON has it. What is not read is passed over, as the protocol asks. */
export const TracesRequest = z.looseObject({
  resourceSpans: z
    .array(
      z.looseObject({
        resource: z.looseObject({ attributes: Attributes }).optional(),
        scopeSpans: z
          .array(
            z.looseObject({
              spans: z
                .array(
                  z.looseObject({
                    traceId: identifier(32),
                    spanId: identifier(16),
                    parentSpanId: z.union([identifier(16), z.literal('')]).optional(),
                    name: z.string().max(2000).default(''),
                    kind: z.union([z.int().min(0).max(5), z.string()]).optional(),
                    startTimeUnixNano: nanoseconds,
                    endTimeUnixNano: nanoseconds,
                    attributes: Attributes,
                    status: z
                      .looseObject({ code: z.union([z.int(), z.string()]).optional(), message: z.string().optional() })
                      .optional(),
                  }),
                )
                .max(10_000)
                .default([]),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});
export type TracesRequest = z.infer<typeof TracesRequest>;

/** The answer, as OTLP/JSON has it. */
export const TracesResult = z.object({
  /** Present when not all were kept. */
  partialSuccess: z.object({ rejectedSpans: z.string(), errorMessage: z.string() }).exactOptional(),
});
export type TracesResult = z.infer<typeof TracesResult>;
