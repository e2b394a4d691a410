import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Packages that loading a file loads, its own files followed. Types are erased, so `import type` loads nothing. */
function packagesLoadedBy(file: URL, seen = new Set<string>()): Set<string> {
  const packages = new Set<string>();
  if (seen.has(file.href)) return packages;
  seen.add(file.href);
  const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )(?:[^;]*? from )?'([^']+)';/gm);
  for (const [, name = ''] of statements) {
    if (!name.startsWith('.')) packages.add(name);
    else for (const inner of packagesLoadedBy(new URL(name, file), seen)) packages.add(inner);
  }
  return packages;
}

describe('an entry for callers without HTTP', () => {
  it('loads no HTTP server: runs', () => {
    const loaded = packagesLoadedBy(new URL('runs.ts', import.meta.url));
    // The roles of a key are read as the settings read them, which load the contract too.
    expect([...loaded].sort()).toEqual([
      '@telos/contract',
      '@telos/core',
      '@telos/core/store',
      '@telos/language',
      '@telos/language/text',
      'node:crypto',
      'node:util',
    ]);
  });

  it('loads no HTTP server: trace', () => {
    const loaded = packagesLoadedBy(new URL('run-view.ts', import.meta.url));
    // What planners said is read by a schema; core has loaded zod by then.
    expect([...loaded].sort()).toEqual(['@telos/core', '@telos/language', 'zod']);
  });

  it('loads no HTTP server: triggers', () => {
    const loaded = packagesLoadedBy(new URL('triggers.ts', import.meta.url));
    expect([...loaded].sort()).toEqual(['@telos/core', '@telos/language', '@telos/language/text', 'node:crypto']);
  });

  it('is told apart from the one that does', () => {
    expect(packagesLoadedBy(new URL('index.ts', import.meta.url))).toContain('fastify');
  });
});
