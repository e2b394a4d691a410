/** A run written down as a test: files that `telos test` reads. */
import { z } from 'zod';

export const RunTestQuery = z.strictObject({
  /** What the case is called; default `run_` and the end of the run's id. */
  case: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9_]*$/)
    .exactOptional(),
  /** `true` writes private values as they are; otherwise they are masked. */
  keep_private: z.enum(['true', 'false']).default('false'),
});
export type RunTestQuery = z.infer<typeof RunTestQuery>;

const TextFile = z.object({
  /** What it is to be called; the three stand in one folder. */
  name: z.string(),
  text: z.string(),
});

export const RunTest = z.object({
  case: z.string(),
  test: TextFile,
  /** What the calls gave. */
  cassette: TextFile,
  /** The workflow as the run had it; absent where its text is not stored. */
  workflow: TextFile.exactOptional(),
  /** How many private texts were masked. */
  masked: z.int(),
});
export type RunTest = z.infer<typeof RunTest>;
