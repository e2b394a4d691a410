/** Prompts: files with versions, of which the journal keeps the names. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TelosError } from '@telos/core';

export type Values = { readonly [name: string]: string };

/**
 * The parts of a prompt, each with its `[[names]]` replaced, in one pass: what is put in is never read for names again.
 * The file is read when a part is first asked for.
 *
 * @returns a function that throws TelosError BUG when the part or a value for one of its names is missing.
 */
export function promptFile<Part extends string>(
  version: string,
  names: readonly Part[],
): (part: Part, values?: Values) => string {
  let parts: ReadonlyMap<string, string> | undefined;
  return (part, values = {}) => {
    parts ??= readParts(version, names);
    const text = parts.get(part);
    if (text === undefined) throw new TelosError('BUG', `The prompt ${version} has no part ${part}.`);
    return text.replace(/\[\[([a-z_]+)\]\]/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new TelosError('BUG', `The prompt ${version} needs a value for ${name}.`);
      return value;
    });
  };
}

/** Found by the package's own name, so that it is the same file from sources, from dist and from a bundle. */
function readParts(version: string, names: readonly string[]): ReadonlyMap<string, string> {
  const path = createRequire(import.meta.url).resolve(`@telos/planner/prompts/${version}.md`);
  const pieces = readFileSync(path, 'utf8').split(/^<!-- part: ([a-z]+) -->$/m);
  return new Map(
    names.flatMap((name) => {
      const at = pieces.indexOf(name);
      return at === -1 ? [] : [[name, (pieces[at + 1] ?? '').trim()]];
    }),
  );
}
