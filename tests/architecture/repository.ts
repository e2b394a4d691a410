/** The repository as the architecture tests read it: its packages, its sources, and what each source imports. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { z } from 'zod';

export const root = dirname(dirname(import.meta.dirname));

const Manifest = z.object({
  name: z.string(),
  exports: z.record(z.string(), z.unknown()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

export type Package = {
  /** Without the scope: `core`, `driver-sqlite`. */
  readonly name: string;
  /** Relative to the root: `packages/drivers/sqlite`. */
  readonly folder: string;
  readonly dependencies: readonly string[];
  readonly devDependencies: readonly string[];
  /** Keys of `exports`: `.`, `./servers/*`. */
  readonly exports: readonly string[];
};

export type Source = {
  /** Relative to the root. */
  readonly file: string;
  readonly isTest: boolean;
  readonly lines: number;
  readonly text: string;
  readonly imports: readonly string[];
};

export const packages: readonly Package[] = globSync('packages/{*,drivers/*}/package.json', { cwd: root })
  .map((file) => {
    const manifest = Manifest.parse(JSON.parse(readFileSync(join(root, file), 'utf8')));
    return {
      name: manifest.name.replace('@telos/', ''),
      folder: dirname(file),
      dependencies: workspaceNames(manifest.dependencies),
      devDependencies: workspaceNames(manifest.devDependencies),
      exports: Object.keys(manifest.exports),
    };
  })
  .toSorted((a, b) => a.name.localeCompare(b.name));

export function packageNamed(name: string): Package | undefined {
  return packages.find((candidate) => candidate.name === name);
}

/** TypeScript files of one folder, without what is built or installed. */
export function sourcesIn(folder: string): readonly Source[] {
  return globSync('**/*.{ts,tsx}', {
    cwd: join(root, folder),
    exclude: (name) => name === 'node_modules' || name === 'dist',
  }).map((name) => {
    const text = readFileSync(join(root, folder, name), 'utf8');
    return {
      file: `${folder}/${name}`,
      // Tests, benchmarks, and what they share: a `testing` folder is no part of what the package offers.
      isTest: /\.test\.tsx?$|(?:^|\/)(?:testing|bench)\//.test(name),
      lines: text.split('\n').length,
      text,
      imports: importsOf(text),
    };
  });
}

/** The file that a relative import of `source` names, relative to the root. */
export function importedFile(source: Source, specifier: string): string {
  return relative(root, join(root, dirname(source.file), specifier));
}

export function exists(file: string): boolean {
  return existsSync(join(root, file));
}

/** Specifiers of static and dynamic imports and of re-exports, comments left out. */
export function importsOf(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const found = code.matchAll(
    /(?:^|[\s;}])(?:import|export)\s(?:[\w\s{},*$]+?\sfrom\s)?\s*['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g,
  );
  return Array.from(found, (match) => match[1] ?? match[2] ?? '');
}

function workspaceNames(dependencies: { readonly [name: string]: string }): readonly string[] {
  return Object.keys(dependencies)
    .filter((name) => name.startsWith('@telos/'))
    .map((name) => name.replace('@telos/', ''));
}
