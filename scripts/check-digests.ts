/**
 * What each check decides with, as a digest: its weights, patterns, words and
 * prompts, the code that reads them, that of `@telos/core` included, and the
 * versions of the libraries it asks.
 *
 * Its version ends with the digest, so that what was measured of a check is not
 * said of one that was trained or written anew without a release. Comments and
 * blank space decide nothing and do not count.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const folder = join(import.meta.dirname, '../packages/evaluators');
const source = join(folder, 'src');
export const digestsFile = join(source, 'check-digests.ts');

const core = join(import.meta.dirname, '../packages/core/src');

const imported = /(?:^|\n)(?:import|export) (?!type\b)([^;]*?)from '([^']+)'|import\('([^']+)'\)/g;

/** Of core: they say what went wrong and what it cost, and decide nothing. */
const aside = ['errors/', 'usage.ts'].map((path) => join(core, path));

/** The text of `check-digests.ts`. */
export function checkDigests(): string {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly dependencies: { readonly [name: string]: string };
  };
  const digests = checkFiles().map(([name, file]) => `  ${name}: '${digestOf(file, dependencies)}',\n`);
  return `/** Written by \`pnpm checks:digests\`: what each check decides with, as a digest that its version ends with. */\nexport const checkDigests: { readonly [check: string]: string } = {\n${digests.join('')}};\n`;
}

/** Where each check is, by its name, in the order of names. */
function checkFiles(): readonly (readonly [string, string])[] {
  const list = readFileSync(join(source, 'create-checks.ts'), 'utf8');
  const made = /const checks[^=]*= \[([^\]]*)\]/.exec(list)?.[1] ?? '';
  const files = [...list.matchAll(/import \{ (\w+) \} from '(\.[^']+)'/g)]
    .filter(([, name = '']) => new RegExp(`\\b${name}\\b`).test(made))
    .map(([, name = '', file = '']) => [snakeCase(name), join(source, file)] as const);
  return files.toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/**
 * @param entry The file of the check.
 * @param dependencies Versions of the libraries that it may ask.
 * @param exported The file of `@telos/core` in which a name of it stands; undefined where nothing of it decides anything.
 */
export function digestOf(
  entry: string,
  dependencies: { readonly [name: string]: string },
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
  exported: (name: string) => string | undefined = fileInCore,
): string {
  const files = new Map<string, string>();
  const packages = new Set<string>();
  const visit = (file: string): void => {
    if (files.has(file) || aside.some((path) => file.startsWith(path))) return;
    const text = read(file);
    files.set(file, text);
    for (const [, names = '', static_ = '', dynamic = ''] of text.matchAll(imported)) {
      const name = static_ === '' ? dynamic : static_;
      if (name.startsWith('.')) visit(join(dirname(file), name));
      else if (name === '@telos/core')
        namesIn(names)
          .map(exported)
          .forEach((found) => found !== undefined && visit(found));
      else packages.add(name.split('/')[0] ?? name);
    }
  };
  visit(entry);
  const hash = createHash('sha256');
  for (const name of [...packages].toSorted())
    if (dependencies[name] !== undefined) hash.update(`${name}@${dependencies[name]}\n`);
  for (const [file, text] of [...files].toSorted(([one], [other]) => (one < other ? -1 : 1)))
    hash.update(`${relative(source, file).replaceAll('\\', '/')}\n${bare(text)}\n`);
  return hash.digest('hex').slice(0, 8);
}

/** The values that an import names. */
function namesIn(written: string): readonly string[] {
  const names = written.replace(/^\s*\{|\}\s*$/g, '').split(',');
  return names.flatMap((name) => /^\s*(?!type\b)(\w+)/.exec(name)?.[1] ?? []);
}

let places: ReadonlyMap<string, string> | undefined;

/** @throws Error when core has no such name: then a digest would leave out what it stands for. */
function fileInCore(name: string): string {
  places ??= placesInCore();
  const file = places.get(name);
  if (file === undefined) throw new Error(`@telos/core exports no ${name} that could be found.`);
  return file;
}

function placesInCore(): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const index = readFileSync(join(core, 'index.ts'), 'utf8');
  for (const [, names = '', path = ''] of index.matchAll(/export (\*|\{[^}]*\}) from '([^']+)'/g)) {
    const file = join(core, path);
    const own = readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm);
    for (const name of names === '*' ? [...own].map(([, each = '']) => each) : namesIn(names)) found.set(name, file);
  }
  return found;
}

/** Without lines of comment and blank space around lines. */
function bare(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !/^(?:\/\/|\/\*|\*)/.test(line)).join('\n');
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
