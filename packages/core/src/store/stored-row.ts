import { TelosError } from '../errors/telos-error.ts';
import type { z } from 'zod';

/**
 * Reads a stored row, which is as little to be trusted as any other input.
 *
 * @param what Names the row in the message: `run 0198...`.
 * @throws TelosError STORE_CORRUPT when the row does not fit.
 */
export function storedRow<S extends z.ZodType>(schema: S, row: unknown, what: string): z.output<S> {
  const read = schema.safeParse(row);
  if (read.success) return read.data;
  throw new TelosError('STORE_CORRUPT', `What is stored of ${what} cannot be read.`, { cause: read.error });
}

/** Parses stored JSON text. @throws TelosError STORE_CORRUPT. */
export function storedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TelosError('STORE_CORRUPT', `What is stored of ${what} is not JSON.`, { cause: error });
  }
}
