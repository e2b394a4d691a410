import { z } from 'zod';
import { TelosError } from '../errors/telos-error.ts';
import type { Hash } from '../ids.ts';
import type { Json } from '../json.ts';
import type { StoredProgram } from '../ports/store.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({
  hash: z.string(),
  id: z.string(),
  program: z.string(),
  source: z.string().nullable(),
  storedAt: z.number(),
});

/** Reads a row of programs. @throws TelosError STORE_CORRUPT. */
export function storedProgramOf(stored: unknown): StoredProgram {
  const { hash, id, program, source, storedAt } = storedRow(Row, stored, 'a program');
  return {
    hash,
    id,
    program: storedJson(program, `program ${hash}`) as Json, // what JSON.parse gives is Json
    ...(source === null ? {} : { source }),
    storedAt,
  };
}

/** What is said to whoever publishes a program that is not stored. */
export function nothingToPublish(id: string, hash: Hash): TelosError {
  return new TelosError('WORKFLOW_NOT_FOUND', `No program is stored under ${hash}; it cannot be published as ${id}.`, {
    details: { id, hash },
  });
}

/** What is said to whoever publishes a webhook that another workflow has. */
export function hookTaken(path: string, id: string, holder: string): TelosError {
  return new TelosError('HOOK_PATH_TAKEN', `The hook ${path} is the one of ${holder}; ${id} cannot have it too.`, {
    details: { path, workflow: holder },
  });
}
