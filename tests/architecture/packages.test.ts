import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { arrows } from './arrows.ts';
import { exists, importedFile, importsOf, packageNamed, packages, root, sourcesIn } from './repository.ts';
import type { Package, Source } from './repository.ts';

describe('the workspace', () => {
  it('asks packages whether they run on the Node that it brings', () => {
    const brought = /"node": "([\d.]+)"/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[1];
    const asked = /^nodeVersion: ([\d.]+)$/m.exec(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8'))?.[1];
    expect(brought).toBeDefined();
    expect(asked).toBe(brought);
  });
});

describe('a package', () => {
  it('has its place in the table of arrows', () => {
    expect(packages.map((one) => one.name)).toEqual(Object.keys(arrows).toSorted());
  });

  it('depends on no package that the arrows do not allow', () => {
    const wrong = packages.flatMap((one) =>
      one.dependencies.filter((name) => !allowed(one).includes(name)).map((name) => `${one.name} -> ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is part of no cycle', () => {
    for (const one of packages) expect(reachableFrom(one)).not.toContain(one.name);
  });
});

describe('a source file of a package', () => {
  const all = packages.flatMap((one) => sourcesIn(one.folder).map((source) => ({ one, source })));

  it('imports only packages that the arrows allow', () => {
    const wrong = workspaceImports(all.filter(({ source }) => !source.isTest)).filter(
      ({ one, name }) => !allowed(one).includes(name) || !one.dependencies.includes(name),
    );
    expect(wrong.map(described)).toEqual([]);
  });

  it('imports, as a test, only packages that its manifest names', () => {
    const wrong = workspaceImports(all.filter(({ source }) => source.isTest)).filter(
      ({ one, name }) => name !== one.name && ![...one.dependencies, ...one.devDependencies].includes(name),
    );
    expect(wrong.map(described)).toEqual([]);
  });

  it("imports past no package's exports", () => {
    expect(
      workspaceImports(all)
        .filter(({ name, rest }) => !exportsPath(name, rest))
        .map(described),
    ).toEqual([]);
  });

  it('reaches into no other package by a relative path', () => {
    const wrong = all.flatMap(({ one, source }) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => !importedFile(source, specifier).startsWith(`${one.folder}/`))
        .map((specifier) => `${source.file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('names a file that exists in every relative import', () => {
    const wrong = all.flatMap(({ source }) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.') && !exists(importedFile(source, specifier)))
        .map((specifier) => `${source.file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('is part of no cycle of imports, not even of types', () => {
    const imported = new Map(
      all.map(({ source }) => [
        source.file,
        source.imports.filter((name) => name.startsWith('.')).map((name) => importedFile(source, name)),
      ]),
    );
    // What imports nothing that is left is in no cycle.
    for (let before = -1; before !== imported.size;) {
      before = imported.size;
      for (const [file, names] of imported) if (!names.some((name) => imported.has(name))) imported.delete(file);
    }
    expect([...imported.keys()]).toEqual([]);
  });
});

describe('the command line', () => {
  it('loads a store or a queue that processes share only when a setting names it', () => {
    const loading = /^import (?!type\b)[^;]*from '@telos\/driver-(?:postgres|bullmq)';$/m;
    const wrong = sourcesIn('packages/cli').filter(({ isTest, text }) => !isTest && loading.test(text));
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });
});

describe('scripts and tests of the repository', () => {
  /** Node itself loads a global setup of Vitest, and by its name it would find what is built, not the source. */
  const loadedByNode = new Set(['tests/engine/provide-postgres.ts']);

  it('use packages by name, never by path', () => {
    const sources = [...sourcesIn('scripts'), ...sourcesIn('tests')].filter(({ file }) => !loadedByNode.has(file));
    const wrong = sources.flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.') && importedFile(source, specifier).startsWith('packages/'))
        .map((specifier) => `${source.file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('the lint rule', () => {
  const Rule = z.tuple([z.literal('error'), z.object({ patterns: z.array(z.object({ group: z.array(z.string()) })) })]);
  const Config = z.object({
    overrides: z.array(z.object({ files: z.array(z.string()), rules: z.record(z.string(), z.unknown()) })),
  });
  const { overrides } = Config.parse(JSON.parse(readFileSync(join(root, '.oxlintrc.json'), 'utf8')));

  it.each(packages)('states the arrows of $name', (one) => {
    const override = overrides.find(({ files }) => files.includes(`${one.folder}/src/**`));
    const [, { patterns }] = Rule.parse(override?.rules['no-restricted-imports']);
    expect(patterns[0]?.group).toEqual(['@telos/*', ...allowed(one).map((name) => `!@telos/${name}`)]);
  });
});

describe('the reading of imports', () => {
  it.each([
    ["import { a } from './a.ts';", './a.ts'],
    ["import type { A } from '@telos/core';", '@telos/core'],
    ["import {\n  a,\n  b,\n} from '../b.ts';", '../b.ts'],
    ["export * from './c.ts';", './c.ts'],
    ["import './d.ts';", './d.ts'],
    ["const e = await import('./e.ts');", './e.ts'],
    ["import f, * as g from 'f';", 'f'],
  ])('sees %j', (text, specifier) => {
    expect(importsOf(text)).toEqual([specifier]);
  });

  it('passes over comments', () => {
    expect(importsOf("/* import a from './a.ts'; */\n// import b from './b.ts';\n")).toEqual([]);
  });
});

function allowed(one: Package): readonly string[] {
  return arrows[one.name] ?? [];
}

function reachableFrom(start: Package): readonly string[] {
  const seen = new Set<string>();
  const open = [...start.dependencies];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(packageNamed(name)?.dependencies ?? []));
  }
  return [...seen];
}

type WorkspaceImport = { readonly one: Package; readonly source: Source; readonly name: string; readonly rest: string };

function workspaceImports(
  files: readonly { readonly one: Package; readonly source: Source }[],
): readonly WorkspaceImport[] {
  return files.flatMap(({ one, source }) =>
    source.imports.flatMap((specifier) => {
      const match = /^@telos\/([^/]+)(.*)$/.exec(specifier);
      return match === null ? [] : [{ one, source, name: match[1] ?? '', rest: match[2] ?? '' }];
    }),
  );
}

function exportsPath(name: string, rest: string): boolean {
  const keys = packageNamed(name)?.exports ?? [];
  return keys.some((key) => (key.endsWith('/*') ? `.${rest}`.startsWith(key.slice(0, -1)) : key === `.${rest}`));
}

function described({ source, name, rest }: WorkspaceImport): string {
  return `${source.file}: @telos/${name}${rest}`;
}
