import { canonicalJson, TelosError } from '@telos/core';
import type { Hash, Json, Program } from '@telos/core';
import { hashOf } from './hash-of.ts';

/**
 * Takes a stored program back into use.
 *
 * The hash is the proof that this is what `compile` once made, so nothing else is checked again.
 *
 * @param json The program as stored.
 * @param hash The hash that it is stored under.
 * @throws TelosError PROGRAM_CORRUPT when the program's own hash is another.
 */
export function loadProgram(json: Json, hash: Hash): Program {
  const actual = hashOf(canonicalJson(json));
  if (actual !== hash) {
    throw new TelosError('PROGRAM_CORRUPT', `the program stored as ${hash} has the hash ${actual}`, {
      details: { hash, actual },
    });
  }
  // the hash matches, and only compile() hashes programs
  return json as unknown as Program;
}
