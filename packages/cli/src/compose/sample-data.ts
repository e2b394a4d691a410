/**
 * Sample databases for the workflows that people start from: each
 * `workflows/data/NAME.sql` becomes `.telos/samples/NAME.db` on first use.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Builds what is missing under `folder`; does nothing where there are no sample files. */
export function buildSampleData(folder: string): void {
  const sources = join(folder, 'workflows/data');
  if (!existsSync(sources)) return;
  const samples = join(folder, '.telos/samples');
  for (const file of readdirSync(sources).filter((name) => name.endsWith('.sql'))) {
    const target = join(samples, file.replace(/\.sql$/, '.db'));
    if (existsSync(target)) continue;
    mkdirSync(samples, { recursive: true });
    // Built aside and moved into place: two processes that start at once both see a whole file.
    const draft = `${target}.${process.pid}`;
    rmSync(draft, { force: true });
    const database = new DatabaseSync(draft);
    database.exec(readFileSync(join(sources, file), 'utf8'));
    database.close();
    renameSync(draft, target);
  }
}
