/**
 * What functions and their parameters are said to do, as people write it: the
 * comments in the declarations of the packages that this repository depends
 * on. They read like descriptions of tools.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Example } from './example.ts';

const store = path.resolve(import.meta.dirname, '../../../../node_modules/.pnpm');
/** Of one package. */
const mostComments = 60;
const mostFiles = 400;
/** In UTF-16 units. */
const shortest = 12;
const longest = 700;
/** Its tools are among those that are measured on. */
const leftOut = 'playwright';

export function dependencyComments(): readonly Example[] {
  const seen = new Set<string>();
  return folders().flatMap(([name, folder]) => {
    const texts = new Set(declarations(folder).flatMap((file) => commentsIn(readFileSync(file, 'utf8'))));
    const fresh = [...texts].filter((text) => !seen.has(text));
    for (const text of fresh) seen.add(text);
    return drawn(fresh).map((text) => ({
      texts: [text],
      attack: false,
      set: 'comments',
      group: name.replace(/\/.*/, ''),
      weight: 0.25,
    }));
  });
}

/** One folder of each package, by name. */
function folders(): readonly (readonly [name: string, folder: string])[] {
  const found = new Map<string, string>();
  for (const entry of existsSync(store) ? readdirSync(store).toSorted() : []) {
    // `@scope+name@1.2.3_peers`: the version and what follows do not name the package.
    const name = entry.replace(/(?<=.)@.*$/, '').replace('+', '/');
    const folder = path.join(store, entry, 'node_modules', name);
    if (!found.has(name) && !name.includes(leftOut) && existsSync(folder)) found.set(name, folder);
  }
  return [...found];
}

function declarations(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.d.ts') && !file.includes('node_modules'))
    .toSorted()
    .slice(0, mostFiles)
    .map((file) => path.join(folder, file));
}

/** The text of each comment before its tags, and what is said of each parameter. */
function commentsIn(source: string): readonly string[] {
  const texts: string[] = [];
  for (let start = source.indexOf('/**'); start !== -1; start = source.indexOf('/**', start)) {
    const end = source.indexOf('*/', start);
    if (end === -1) break;
    const lines = source
      .slice(start + 3, end)
      .split('\n')
      .map((line) => line.trim().replace(/^\*\s?/, ''));
    start = end;
    const tag = lines.findIndex((line) => line.startsWith('@') || line.startsWith('```'));
    texts.push(
      lines
        .slice(0, tag === -1 ? lines.length : tag)
        .join('\n')
        .trim(),
    );
    for (const line of lines) {
      const [, parameter] =
        /^@(?:param|returns?) (?:\{[^}]{0,80}\} )?(?:[\w.[\]]{1,40} )?(?:- )?(.{1,400})$/.exec(line) ?? [];
      if (parameter !== undefined) texts.push(parameter);
    }
  }
  return texts.filter((text) => text.length >= shortest && text.length <= longest && text.includes(' '));
}

/** The same ones wherever they stand. */
function drawn(texts: readonly string[]): readonly string[] {
  return texts
    .map((text) => [createHash('sha256').update(text).digest('hex'), text] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .slice(0, mostComments)
    .map(([, text]) => text);
}
