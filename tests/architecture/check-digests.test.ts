import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createChecks } from '@telos/evaluators';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createFakeClock } from '@telos/testkit';
import { describe, expect, it } from 'vitest';
import { checkDigests, digestOf, digestsFile } from '../../scripts/check-digests.ts';

const schemas = createSchemas();
const models = createModels({ clock: createFakeClock(), schemas });
const checks = [...createChecks({ models, schemas, evaluateCondition: () => true, version: '1.2.3' }).values()];

describe('the version of a check', () => {
  it('ends with a digest of what it decides with, as `pnpm checks:digests` writes it today', () => {
    expect(readFileSync(digestsFile, 'utf8')).toBe(checkDigests());
  });

  it('is the version of the package before that, and no two checks have the same', () => {
    for (const { version } of checks) expect(version).toMatch(/^1\.2\.3\+[0-9a-f]{8}$/);
    expect(new Set(checks.map(({ version }) => version)).size).toBe(checks.length);
  });
});

describe('the digest of a check', () => {
  const weights = '/** Of words. */\nexport const weights = [0.1, 0.2];\n';
  const files: { readonly [path: string]: string } = {
    '/c.ts':
      "import { weights } from './w.ts';\nimport parse from 'parser/min';\nimport type { T } from './t.ts';\nawait import('./late.ts');\n",
    '/w.ts': weights,
    '/late.ts': "import { mend, type Kind } from '@telos/core';\nexport const late = 1;\n",
    '/core/mend.ts': "import { cut } from './cut.ts';\n",
    '/core/cut.ts': 'export const cut = 1;\n',
  };
  const of = (changed: { readonly [path: string]: string } = {}, parser = '1.0.0'): string =>
    digestOf(
      '/c.ts',
      { parser },
      (path) => ({ ...files, ...changed })[path] ?? '',
      (name) => (name === 'mend' ? '/core/mend.ts' : undefined),
    );

  it('is another where a weight is, in whatever file of it, and where a library is of another version', () => {
    expect(of({ '/w.ts': weights.replace('0.2', '0.3') })).not.toBe(of());
    expect(of({ '/late.ts': 'export const late = 2;\n' })).not.toBe(of());
    expect(of({}, '1.0.1')).not.toBe(of());
  });

  it('is another where code of core is that it decides with, and not for what else is there', () => {
    expect(of({ '/core/cut.ts': 'export const cut = 2;\n' })).not.toBe(of());
    expect(of({ '/core/other.ts': 'export const other = 2;\n' })).toBe(of());
    // What each check asks of core is found, to the last name.
    const reads: string[] = [];
    const real = join(import.meta.dirname, '../../packages/evaluators/src/pii/pii.ts');
    digestOf(real, {}, (file) => (reads.push(file), readFileSync(file, 'utf8')));
    const ofCore = reads.filter((file) => file.includes('/core/src/')).map((file) => basename(file));
    expect(ofCore).toEqual(expect.arrayContaining(['texts-of.ts', 'placeholders.ts']));
    expect(ofCore.length).toBeLessThan(10);
  });

  it('is the same whatever a comment says, a type, or the space around lines', () => {
    expect(of({ '/w.ts': weights.replace('Of words.', 'Of all words.').replaceAll('\n', '\n\n  ') })).toBe(of());
    expect(of({ '/t.ts': 'export type T = 1;' })).toBe(of());
  });
});
