/** Identifies one run: a UUID version 7 (RFC 9562), so that ids sort by creation time. */
export type RunId = string;

/** Identifies a process that owns runs; unique per process start. */
export type OwnerId = string;

/** SHA-256 in lower-case hexadecimal: of a canonical program, or of the bytes of a blob. */
export type Hash = string;

/** Position of an event within its run: 1, 2, 3, ... without gaps. 0 stands before the first. */
export type Sequence = number;

/** Milliseconds since the Unix epoch. At edges instants are ISO 8601 UTC strings. */
export type Instant = number;

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Makes a run id.
 *
 * @param now Milliseconds since the Unix epoch; becomes the first 48 bits.
 * @param random At least 10 random bytes; the caller supplies them because core is pure.
 */
export function runIdOf(now: Instant, random: Uint8Array): RunId {
  const time = now.toString(16).padStart(12, '0');
  let hex = '';
  for (let index = 0; index < 10; index++) hex += hexOfByte[random[index] ?? 0];
  const variant = ((Number.parseInt(hex.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}
