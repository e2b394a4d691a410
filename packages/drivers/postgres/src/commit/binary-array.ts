/**
 * Arrays in PostgreSQL's binary form (src/backend/utils/adt/arrayfuncs.c, array_recv):
 * dimensions, whether there are nulls, the type; length and lower bound; then each
 * element with its length. Written as text, every quotation mark of every event would
 * be escaped here and read letter by letter there.
 */
const oids = { boolean: 16, integer: 23, text: 25 } as const;
const headerBytes = 20;

export function textArray(texts: readonly string[]): Buffer {
  let bytes = headerBytes;
  for (const text of texts) bytes += 4 + Buffer.byteLength(text);
  const array = begin(bytes, texts.length, oids.text);
  let at = headerBytes;
  for (const text of texts) {
    const length = array.write(text, at + 4);
    array.writeInt32BE(length, at);
    at += 4 + length;
  }
  return array;
}

export function integerArray(integers: readonly number[]): Buffer {
  const array = begin(headerBytes + 8 * integers.length, integers.length, oids.integer);
  let at = headerBytes;
  for (const integer of integers) {
    array.writeInt32BE(4, at);
    array.writeInt32BE(integer, at + 4);
    at += 8;
  }
  return array;
}

export function booleanArray(booleans: readonly boolean[]): Buffer {
  const array = begin(headerBytes + 5 * booleans.length, booleans.length, oids.boolean);
  let at = headerBytes;
  for (const boolean of booleans) {
    array.writeInt32BE(1, at);
    array.writeUInt8(boolean ? 1 : 0, at + 4);
    at += 5;
  }
  return array;
}

function begin(bytes: number, length: number, oid: number): Buffer {
  const array = Buffer.allocUnsafe(bytes);
  array.writeInt32BE(1, 0);
  array.writeInt32BE(0, 4);
  array.writeInt32BE(oid, 8);
  array.writeInt32BE(length, 12);
  array.writeInt32BE(1, 16);
  return array;
}
