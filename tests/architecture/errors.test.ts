import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalog } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { errorsPage } from '../../scripts/errors-page.ts';
import { root } from './repository.ts';

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

describe('docs/errors.md', () => {
  it('is what `pnpm docs:errors` writes', () => {
    expect(page).toBe(errorsPage());
  });

  it('lists every code of the catalogue exactly once, and no other', () => {
    const listed = [...page.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map((match) => match[1] ?? '');
    expect(listed.toSorted()).toEqual(Object.keys(catalog).toSorted());
  });

  it('tells for every code what happened and what to do', () => {
    for (const entry of Object.values(catalog)) {
      expect(entry.title).not.toBe('');
      expect(entry.next).not.toBe('');
    }
  });
});
