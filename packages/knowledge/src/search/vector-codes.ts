/**
 * One-bit codes of vectors: the sign of each dimension. The distance of two
 * codes follows the angle between their vectors, closely enough to find a few
 * hundred candidates, which are then compared exactly.
 */

/** The vector at length 1, or undefined when it has no direction. */
export function normalised(vector: Float32Array): Float32Array | undefined {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return Number.isFinite(length) && length > 0 ? vector.map((value) => value / length) : undefined;
}

/** Bits packed into bytes, padded with zeros to a multiple of 32. */
export function codeOf(vector: Float32Array): Uint8Array {
  const words = new Uint32Array(Math.ceil(vector.length / 32));
  for (const [index, value] of vector.entries()) {
    if (value > 0) words[index >>> 5] = (words[index >>> 5] ?? 0) | (1 << (index & 31));
  }
  return new Uint8Array(words.buffer);
}

/** All codes of a collection, end to end. */
export type PackedCodes = { readonly ids: readonly number[]; readonly words: Uint32Array; readonly width: number };

export function packCodes(codes: readonly { readonly id: number; readonly code: Uint8Array }[]): PackedCodes {
  const width = (codes[0]?.code.byteLength ?? 0) / 4;
  const fitting = codes.filter(({ code }) => code.byteLength === width * 4);
  const bytes = new Uint8Array(fitting.length * width * 4);
  for (const [index, { code }] of fitting.entries()) bytes.set(code, index * width * 4);
  return { ids: fitting.map(({ id }) => id), words: new Uint32Array(bytes.buffer), width };
}

/** The `count` ids whose codes differ least from `code`, nearest first. Empty when the lengths differ. */
export function nearestCodes(packed: PackedCodes, code: Uint8Array, count: number): readonly number[] {
  const { ids, words, width } = packed;
  if (width === 0 || code.byteLength !== width * 4) return [];
  const wanted = new Uint32Array(code.slice().buffer);
  const distances = new Uint16Array(ids.length);
  const histogram = new Uint32Array(width * 32 + 1);
  for (let entry = 0; entry < ids.length; entry += 1) {
    let distance = 0;
    for (let word = 0; word < width; word += 1) {
      distance += bitCount((words[entry * width + word] ?? 0) ^ (wanted[word] ?? 0));
    }
    distances[entry] = distance;
    histogram[distance] = (histogram[distance] ?? 0) + 1;
  }
  let limit = 0;
  for (let taken = histogram[0] ?? 0; taken < count && limit < width * 32; taken += histogram[limit] ?? 0) limit += 1;
  return [...distances.keys()]
    .filter((entry) => (distances[entry] ?? 0) <= limit)
    .sort((left, right) => (distances[left] ?? 0) - (distances[right] ?? 0) || left - right)
    .slice(0, count)
    .map((entry) => ids[entry] ?? 0);
}

/** Ones in a 32-bit word (Warren, "Hacker's Delight", 5-1). */
function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The cosine of two vectors of length 1; 0 when their lengths differ. */
export function dot(left: Float32Array, right: Float32Array): number {
  if (left.length !== right.length) return 0;
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

/** Bytes as the store keeps them. */
export function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** The vector that was stored; copied, because bytes from the store need not be aligned. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
