/**
 * Traces as OTLP/JSON: the body of `POST /v1/traces` of OpenTelemetry's protocol
 * 1.x (https://opentelemetry.io/docs/specs/otlp/), in which ids are hexadecimal,
 * whole numbers of 64 bits are text, and enumerations are numbers.
 */
import type { Span, SpanEvent, Trace } from '@telos/contract';
import { attributeNames } from '../run-view/span-names.ts';
import { openInferenceKinds, shownName, spanKinds, statusCodes } from './names.ts';

export type AnyValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly AnyValue[] } }
  | { readonly kvlistValue: { readonly values: readonly KeyValue[] } };
export type KeyValue = { readonly key: string; readonly value: AnyValue };

export type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly events: readonly {
    readonly timeUnixNano: string;
    readonly name: string;
    readonly attributes: readonly KeyValue[];
  }[];
  readonly status: { readonly code: number; readonly message?: string };
};

export type OtlpRequest = {
  readonly resourceSpans: readonly [
    {
      readonly resource: { readonly attributes: readonly KeyValue[] };
      readonly scopeSpans: readonly [
        { readonly scope: { readonly name: string }; readonly spans: readonly OtlpSpan[] },
      ];
    },
  ];
};

/**
 * Contents stay here: inputs and outputs, what a check quotes of them, what a signal or a person brought. Of what
 * carries the label `private` so does every word that was said of it.
 *
 * @param parent Span id of whoever started the run, when it said so.
 */
export function otlpSpans({ trace_id: traceId, spans }: Trace, parent: string | undefined): readonly OtlpSpan[] {
  const latest = spans.reduce(
    (last, { ended_at: end, started_at: start }) => Math.max(last, Date.parse(end ?? start)),
    0,
  );
  const scores = Map.groupBy(
    spans.filter(({ kind }) => kind === 'check'),
    (span) => span.parent_id,
  );
  const quiet = quietSpans(spans);
  return spans.map((span) => {
    const isQuiet = quiet.has(span.id);
    const parentSpanId = span.parent_id ?? parent;
    return {
      traceId,
      spanId: span.id,
      ...(parentSpanId === undefined ? {} : { parentSpanId }),
      name: shownName(span),
      kind: spanKinds[span.kind],
      startTimeUnixNano: nanoseconds(Date.parse(span.started_at)),
      // A step that a run left behind when it ended has no end of its own.
      endTimeUnixNano: nanoseconds(span.ended_at === undefined ? latest : Date.parse(span.ended_at)),
      attributes: attributesOf(span, isQuiet),
      events: [
        ...span.events,
        ...(scores.get(span.id) ?? []).map((score) => scoreEvent(score, quiet.has(score.id))),
      ].map(({ name, at, attributes }) => ({
        timeUnixNano: nanoseconds(Date.parse(at)),
        name,
        attributes: keyValues(withoutContents(attributes, isQuiet)),
      })),
      status: {
        code: statusCodes[span.status],
        ...(span.error === undefined || isQuiet ? {} : { message: span.error.message }),
      },
    };
  });
}

export function otlpRequest(spans: readonly OtlpSpan[], resource: { readonly [name: string]: string }): OtlpRequest {
  const scope = { name: 'telos' };
  return { resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope, spans }] }] };
}

/** A score once more, as an event of what was scored: there are backends that read it only there. */
function scoreEvent({ started_at: at, attributes }: Span, isQuiet: boolean): SpanEvent {
  return { name: 'gen_ai.evaluation.result', at, attributes: withoutContents(attributes, isQuiet) };
}

/** Those of steps that carry `private`, with all that stands below them; and of the run, where anything in it does. */
function quietSpans(spans: readonly Span[]): ReadonlySet<string> {
  const quiet = new Set<string>();
  for (const { id, parent_id: above, kind, attributes } of spans) {
    const labels: unknown = attributes[attributeNames.labels];
    const isPrivate = Array.isArray(labels) && labels.includes('private');
    // A step inside a block that carries it may carry nothing itself; what belongs to a step comes after it.
    if (isPrivate || (kind !== 'step' && above !== undefined && kind !== 'run' && quiet.has(above))) quiet.add(id);
  }
  const run = spans.find(({ kind }) => kind === 'run');
  if (run !== undefined && quiet.size > 0) quiet.add(run.id);
  return quiet;
}

/** What a check quotes, what a signal or a person brought, what was said of a signal that did not fit; the text of a plan. */
const contents: ReadonlySet<string> = new Set([
  'evidence',
  'payload',
  'value',
  'note',
  'message',
  'source',
  'faults',
  'objectives',
]);
/** Why a score is what it is, of checks and of objectives. */
const reasons: ReadonlySet<string> = new Set([attributeNames.reason, 'reason']);

function withoutContents(attributes: Span['attributes'], isQuiet: boolean): Span['attributes'] {
  return Object.fromEntries(
    Object.entries(attributes).filter(([key]) => !contents.has(key) && !(isQuiet && reasons.has(key))),
  );
}

function attributesOf(
  { attributes, kind, status, path, attempt, error, usage }: Span,
  isQuiet: boolean,
): readonly KeyValue[] {
  return keyValues({
    ...withoutContents(attributes, isQuiet),
    'openinference.span.kind': openInferenceKinds[kind],
    [attributeNames.status]: status,
    ...(path === undefined ? {} : { [attributeNames.path]: path }),
    ...(attempt === undefined ? {} : { [attributeNames.attempt]: attempt }),
    ...(error === undefined ? {} : { 'error.type': error.code }),
    ...(usage === undefined || kind === 'chat' || kind === 'embedding' ? {} : { [attributeNames.usd]: usage.usd }),
  });
}

function keyValues(attributes: { readonly [name: string]: unknown }): readonly KeyValue[] {
  return Object.entries(attributes).flatMap(([key, given]) => {
    const value = anyValue(given);
    return value === undefined ? [] : [{ key, value }];
  });
}

/** Undefined for what says nothing. */
function anyValue(value: unknown): AnyValue | undefined {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    case 'object': {
      if (value === null) return undefined;
      if (Array.isArray(value)) return { arrayValue: { values: value.flatMap((item) => anyValue(item) ?? []) } };
      return { kvlistValue: { values: keyValues({ ...value }) } };
    }
    default:
      return undefined;
  }
}

/** A 64-bit count of nanoseconds, of milliseconds since 1970. */
function nanoseconds(ms: number): string {
  return `${Math.floor(ms)}000000`;
}
