/** The planner's prompt: a file with a version, of which the journal keeps the name. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TelosError } from '@telos/core';

export const promptVersion = 'plan.v2';

export type PromptPart = 'system' | 'request' | 'replan' | 'rejected' | 'repair';

let parts: ReadonlyMap<string, string> | undefined;

/**
 * One part with its `[[names]]` replaced, in one pass: what is put in is never read for names again.
 * @throws TelosError BUG when the part or a value for one of its names is missing.
 */
export function promptPart(part: PromptPart, values: { readonly [name: string]: string } = {}): string {
  parts ??= readParts();
  const text = parts.get(part);
  if (text === undefined) throw new TelosError('BUG', `The prompt ${promptVersion} has no part ${part}.`);
  return text.replace(/\[\[([a-z_]+)\]\]/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new TelosError('BUG', `The prompt ${promptVersion} needs a value for ${name}.`);
    return value;
  });
}

/** Found by the package's own name, so that it is the same file from sources, from dist and from a bundle. */
function readParts(): ReadonlyMap<string, string> {
  const path = createRequire(import.meta.url).resolve(`@telos/planner/prompts/${promptVersion}.md`);
  const pieces = readFileSync(path, 'utf8').split(/^<!-- part: ([a-z]+) -->$/m);
  return new Map(pieces.flatMap((name, index) => (index % 2 === 1 ? [[name, (pieces[index + 1] ?? '').trim()]] : [])));
}
