import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiPage } from '../../scripts/api-page.ts';
import { root } from './repository.ts';

describe('docs/api.md', () => {
  it('is what `pnpm docs:api` writes from the OpenAPI document today', async () => {
    expect(readFileSync(join(root, 'docs/api.md'), 'utf8')).toBe(await apiPage());
  });
});
