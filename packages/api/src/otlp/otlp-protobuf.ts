/**
 * OTLP as protocol buffers, read into what OTLP/JSON is: the numbers of fields are those of
 * opentelemetry/proto/trace/v1/trace.proto, common/v1/common.proto and collector/trace/v1/trace_service.proto.
 */
import type { TracesResult } from '@telos/contract';
import { doubleIn, fieldsOf, messageOf, textIn } from './protobuf.ts';
import type { WireField } from './protobuf.ts';

type Read = (value: Uint8Array) => unknown;
type Value = WireField['value'];
/** By the number of a field: its name in JSON, and what it holds. Fields that are not here are passed over. */
type Shape = { readonly [number: number]: readonly [name: string, read: (value: Value) => unknown, isMany?: true] };

/** Values inside each other at most; deeper ones say nothing. */
const deepest = 10;

const bytes =
  (read: Read) =>
  (value: Value): unknown =>
    typeof value === 'bigint' ? undefined : read(value);
const number =
  (read: (value: bigint) => unknown) =>
  (value: Value): unknown =>
    typeof value === 'bigint' ? read(value) : undefined;
const text = bytes(textIn);
const hex = bytes((value) => Buffer.from(value).toString('hex'));
const nanoseconds = number(String);
const enumeration = number(Number);
const message = (shape: Shape) => bytes((value) => readMessage(value, shape));
const attributes = ['attributes', bytes((value) => keyValueOf(value, deepest)), true] as const;

const status: Shape = { 2: ['message', text], 3: ['code', enumeration] };
const span: Shape = {
  1: ['traceId', hex],
  2: ['spanId', hex],
  4: ['parentSpanId', hex],
  5: ['name', text],
  6: ['kind', enumeration],
  7: ['startTimeUnixNano', nanoseconds],
  8: ['endTimeUnixNano', nanoseconds],
  9: attributes,
  15: ['status', message(status)],
};
const scopeSpans: Shape = { 2: ['spans', message(span), true] };
const resource: Shape = { 1: attributes };
const resourceSpans: Shape = { 1: ['resource', message(resource)], 2: ['scopeSpans', message(scopeSpans), true] };
const request: Shape = { 1: ['resourceSpans', message(resourceSpans), true] };

/** @throws TelosError REQUEST_MALFORMED for bytes that are none. */
export function tracesIn(body: Uint8Array): unknown {
  return readMessage(body, request);
}

/** The answer in the form of the request. */
export function tracesAnswer({ partialSuccess: partial }: TracesResult): Buffer {
  if (partial === undefined) return Buffer.alloc(0);
  const { rejectedSpans, errorMessage } = partial;
  return messageOf([
    [
      1,
      messageOf([
        [1, BigInt(rejectedSpans)],
        [2, errorMessage],
      ]),
    ],
  ]);
}

function readMessage(body: Uint8Array, shape: Shape): { readonly [name: string]: unknown } {
  const read: Record<string, unknown> = {};
  for (const field of fieldsOf(body)) {
    const [name, valueOf, isMany] = shape[field.number] ?? [];
    if (name === undefined || valueOf === undefined) continue;
    const value = valueOf(field.value);
    if (value === undefined) continue;
    const held = read[name];
    if (isMany === undefined) read[name] = value;
    else if (Array.isArray(held)) held.push(value);
    else read[name] = [value];
  }
  return read;
}

function keyValueOf(body: Uint8Array, depth: number): unknown {
  return readMessage(body, { 1: ['key', text], 2: ['value', bytes((value) => anyValueOf(value, depth))] });
}

function anyValueOf(body: Uint8Array, depth: number): unknown {
  if (depth === 0) return {};
  const list = (item: Read) => message({ 1: ['values', bytes(item), true] });
  return readMessage(body, {
    1: ['stringValue', text],
    2: ['boolValue', number((value) => value !== 0n)],
    3: ['intValue', number((value) => String(BigInt.asIntN(64, value)))],
    4: ['doubleValue', number(doubleIn)],
    5: ['arrayValue', list((value) => anyValueOf(value, depth - 1))],
    6: ['kvlistValue', list((value) => keyValueOf(value, depth - 1))],
    7: ['bytesValue', bytes((value) => Buffer.from(value).toString('base64'))],
  });
}
