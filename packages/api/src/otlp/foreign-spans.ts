/** What other services tell of their spans, in our words, and as the page of a trace shows it. */
import type { ForeignSpanView, TracesRequest } from '@telos/contract';
import type { ForeignSpan, Json, JsonObject } from '@telos/core';
import { timestamp } from '../run-view/timestamp.ts';

const kinds = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
/** Attributes of a span at most, in letters of JSON; what does not fit is left out, and said to be. */
const mostLetters = 8_000;
const deepest = 8;

export function foreignSpansIn({ resourceSpans }: TracesRequest): readonly ForeignSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { 'service.name': named } = attributesOf(resource?.attributes ?? []);
    const service = typeof named === 'string' && named !== '' ? named.slice(0, 255) : 'unknown';
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span): ForeignSpan => {
        const { parentSpanId: parent = '', status = {} } = span;
        const { message = '' } = status;
        return {
          trace: span.traceId.toLowerCase(),
          id: span.spanId.toLowerCase(),
          ...(parent === '' || /^0+$/.test(parent) ? {} : { parent: parent.toLowerCase() }),
          service,
          name: span.name,
          kind: kindOf(span.kind),
          startedAt: milliseconds(span.startTimeUnixNano),
          endedAt: milliseconds(span.endTimeUnixNano),
          status: statusOf(status.code),
          ...(message === '' ? {} : { message: message.slice(0, 2000) }),
          attributes: attributesOf(span.attributes),
        };
      }),
    );
  });
}

export function foreignSpanView(span: ForeignSpan): ForeignSpanView {
  const { id, parent, service, name, kind, startedAt, endedAt, status, message, attributes } = span;
  return {
    id,
    ...(parent === undefined ? {} : { parent_id: parent }),
    service,
    name,
    kind,
    started_at: timestamp(startedAt),
    ended_at: timestamp(endedAt),
    status,
    ...(message === undefined ? {} : { message }),
    attributes,
  };
}

/** Numbers are the protocol's; some write the names of its enumeration. */
function kindOf(kind: number | string | undefined): ForeignSpan['kind'] {
  if (typeof kind === 'number') return kinds[kind] ?? 'internal';
  const named = /^SPAN_KIND_(?<name>\w+)$/.exec(kind ?? '')?.groups?.['name']?.toLowerCase();
  return kinds.find((one) => one === named) ?? 'internal';
}

function statusOf(code: number | string | undefined): ForeignSpan['status'] {
  if (code === 1 || code === 'STATUS_CODE_OK') return 'ok';
  return code === 2 || code === 'STATUS_CODE_ERROR' ? 'error' : 'unset';
}

/** A date that no calendar has is taken for the last one. */
function milliseconds(nanoseconds: string | number): number {
  return Math.min(Number(nanoseconds) / 1e6, 8.64e15);
}

function attributesOf(pairs: readonly { readonly key: string; readonly value?: unknown }[]): JsonObject {
  const attributes: { [name: string]: Json } = {};
  let letters = 0;
  for (const { key, value } of pairs) {
    const read = valueOf(value, deepest);
    if (read === undefined) continue;
    letters += key.length + JSON.stringify(read).length;
    if (letters > mostLetters) return { ...attributes, 'telos.left_out': true };
    attributes[key] = read;
  }
  return attributes;
}

/** Of an `AnyValue`; undefined for what is none, or says nothing. */
function valueOf(value: unknown, depth: number): Json | undefined {
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  const [[kind, inner] = ['', undefined]] = Object.entries(value);
  switch (kind) {
    case 'stringValue':
    case 'bytesValue':
      return typeof inner === 'string' ? inner : undefined;
    case 'boolValue':
      return typeof inner === 'boolean' ? inner : undefined;
    case 'intValue':
    case 'doubleValue': {
      const number = Number(inner);
      return Number.isFinite(number) ? number : undefined;
    }
    case 'arrayValue':
      return listIn(inner).map((item) => valueOf(item, depth - 1) ?? null);
    case 'kvlistValue':
      return Object.fromEntries(
        listIn(inner).flatMap((pair) => {
          if (typeof pair !== 'object' || pair === null || !('key' in pair) || typeof pair.key !== 'string') return [];
          return [[pair.key, valueOf('value' in pair ? pair.value : undefined, depth - 1) ?? null]];
        }),
      );
    default:
      return undefined;
  }
}

function listIn(inner: unknown): readonly unknown[] {
  const isHeld = typeof inner === 'object' && inner !== null && 'values' in inner && Array.isArray(inner.values);
  return isHeld ? (inner.values as readonly unknown[]) : [];
}
