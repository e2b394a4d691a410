import { z } from 'zod';
import type { ErrorRecord } from '@telos/core';
import { faultLines } from './fault-lines.ts';

/** Packages tell single problems as sentences, or with the input and the place in it. */
const Problem = z.union([
  z.string(),
  z.object({
    input: z.string().exactOptional(),
    field: z.string().exactOptional(),
    path: z.string().default(''),
    message: z.string(),
  }),
]);
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
  // A single problem is what the message says already.
  const single = problems.length > 1 ? problems : [];
  const lines = single.map((problem) => `  ${typeof problem === 'string' ? problem : withPlace(problem)}\n`);
  return `${faultLines(faults)}${error.code}${where}: ${message}${next}\n${lines.join('')}`;
}

function withPlace({ input, field, path, message }: Exclude<z.infer<typeof Problem>, string>): string {
  const name = input ?? field ?? '';
  const place = `${name}${name === '' || path === '' || path.startsWith('[') ? '' : '.'}${path}`;
  return place === '' ? message : `${place}: ${message}`;
}

function countOf(faults: number): string {
  return faults === 1 ? 'The workflow has one fault.' : `The workflow has ${faults} faults.`;
}

/** On one line and with a full stop, so that the next step can follow. */
function closed(message: string): string {
  const text = message.trim().replaceAll(/\s+/g, ' ');
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
