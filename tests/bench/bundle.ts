/**
 * Bundles the benchmark's engine, or a workload, as the command line is bundled:
 * what is measured is what users run, not the cost of stripping types.
 *
 *   node --conditions=source tests/bench/bundle.ts <target.mjs>
 */
import { basename, dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin } from 'rolldown';

/** Imported from where they are installed, wherever the bundle is: packages that look for files of their own. */
const installedHere: Plugin = {
  name: 'installed-here',
  async resolveId(specifier, importer) {
    if (!/^(?:pg|bullmq|ioredis)(?:[-/]|$)/.test(specifier) || importer?.includes('node_modules') === true) return null;
    const resolved = await this.resolve(specifier, importer, { skipSelf: true });
    return resolved === null ? null : { id: resolved.id, external: 'absolute' };
  },
};

export async function bundle(input: string, target: string): Promise<void> {
  const build = await rolldown({
    plugins: [installedHere],
    input,
    platform: 'node',
    resolve: { conditionNames: ['source', 'import', 'node', 'default'] },
  });
  // What is imported when it is needed stays in files of its own beside the target: a store on SQLite loads no PostgreSQL.
  await build.write({
    dir: dirname(target),
    entryFileNames: basename(target),
    chunkFileNames: `${basename(target, '.mjs')}-[name]-[hash].mjs`,
    format: 'esm',
  });
  await build.close();
}

if (import.meta.main) {
  const [target] = process.argv.slice(2);
  if (target === undefined) throw new Error('Name the file to write.');
  await bundle(join(import.meta.dirname, 'bench-engine.ts'), target);
}
