import type { Instant, StoredProgram } from '@telos/core';
import type { Compiled } from '@telos/language';

/** A workflow that compiled, as the store keeps it. */
export function storedProgram(
  { program, hash, canonical }: Compiled,
  source: string,
  storedAt: Instant,
): StoredProgram {
  return { hash, id: program.id, program: JSON.parse(canonical), source, storedAt };
}
