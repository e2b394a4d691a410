/** pnpm checks:digests: writes what each check decides with, as a digest. */
import { writeFileSync } from 'node:fs';
import { checkDigests, digestsFile } from './check-digests.ts';

writeFileSync(digestsFile, checkDigests());
