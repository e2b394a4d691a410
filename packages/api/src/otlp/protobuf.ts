/**
 * The wire format of protocol buffers, as far as OTLP uses it: fields by number, whatever their names.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
import { TelosError } from '@telos/core';

/** A field as it stands there: a varint or eight bytes as a number of 64 bits, or bytes. */
export type WireField = { readonly number: number; readonly value: bigint | Uint8Array };

/** The fields of a message, in order. @throws TelosError REQUEST_MALFORMED for bytes that are none. */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  function varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw malformed();
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed();
  }

  function fixed(length: 4 | 8): bigint {
    if (at + length > bytes.length) throw malformed();
    const value = length === 4 ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true);
    at += length;
    return value;
  }

  function delimited(): Uint8Array {
    const length = Number(varint());
    if (at + length > bytes.length) throw malformed();
    at += length;
    return bytes.subarray(at - length, at);
  }

  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (number === 0) throw malformed();
    switch (tag % 8) {
      case 0:
        yield { number, value: varint() };
        break;
      case 1:
        yield { number, value: fixed(8) };
        break;
      case 2:
        yield { number, value: delimited() };
        break;
      case 5:
        yield { number, value: fixed(4) };
        break;
      default:
        throw malformed();
    }
  }
}

export function textIn(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A double that stands in the eight bytes of this number. */
export function doubleIn(bits: bigint): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

/** A message of these fields: text as bytes, whole numbers as varints. */
export function messageOf(fields: readonly (readonly [number: number, value: bigint | string | Uint8Array])[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) => {
      if (typeof value === 'bigint') return Buffer.concat([varintOf(BigInt(number * 8)), varintOf(value)]);
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      return Buffer.concat([varintOf(BigInt(number * 8 + 2)), varintOf(BigInt(bytes.length)), bytes]);
    }),
  );
}

function varintOf(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low + 0x80);
  } while (rest !== 0n);
  return Buffer.from(bytes);
}

function malformed(): TelosError {
  return new TelosError('REQUEST_MALFORMED', 'The body is no message of protocol buffers.');
}
