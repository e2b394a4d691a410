/** pnpm docs:api: writes docs/api.md from the OpenAPI document. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiPage } from './api-page.ts';

writeFileSync(join(import.meta.dirname, '../docs/api.md'), await apiPage());
