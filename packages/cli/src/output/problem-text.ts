import { z } from 'zod';
import type { ErrorRecord } from '@telos/core';
import { faultLines } from './fault-lines.ts';

const Problem = z.union([z.string(), z.object({ path: z.string(), message: z.string() })]);
const Fault = z.object({
  code: z.string(),
  file: z.string(),
  line: z.number(),
  column: z.number(),
  path: z.string(),
  message: z.string(),
  hint: z.string().exactOptional(),
});
const Details = z.object({ problems: z.array(Problem).catch([]), faults: z.array(Fault).catch([]) });

/**
 * A failure as a person reads it: one line that says what happened and what to
 * do, then one line for each single problem when there are several. Faults of a
 * workflow come first, each with its place.
 */
export function problemText(error: ErrorRecord): string {
  const { problems, faults } = Details.parse(error.details ?? {});
  const where = error.path === undefined ? '' : ` (step ${error.path})`;
  const message = faults.length === 0 ? closed(error.message) : countOf(faults.length);
  const next = error.next === undefined ? '' : ` ${error.next}`;
  const lines = problems.map((problem) => `  ${typeof problem === 'string' ? problem : withPlace(problem)}\n`);
  return `${faultLines(faults)}${error.code}${where}: ${message}${next}\n${lines.join('')}`;
}

function withPlace({ path, message }: { readonly path: string; readonly message: string }): string {
  return path === '' ? message : `${path}: ${message}`;
}

function countOf(faults: number): string {
  return faults === 1 ? 'The workflow has one fault.' : `The workflow has ${faults} faults.`;
}

/** With a full stop, so that the next step can follow on the same line. */
function closed(message: string): string {
  const text = message.trimEnd();
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
