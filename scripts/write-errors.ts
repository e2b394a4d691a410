/** `pnpm docs:errors`: writes docs/errors.md from the error catalogue. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorsPage } from './errors-page.ts';

const root = dirname(import.meta.dirname);
const catalogSource = readFileSync(join(root, 'packages/core/src/errors/catalog.ts'), 'utf8');
writeFileSync(join(root, 'docs/errors.md'), errorsPage(catalogSource));
