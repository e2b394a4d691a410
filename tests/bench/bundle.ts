/**
 * Bundles the benchmark's engine into one file, as the command line is bundled:
 * what is measured is what users run, not the cost of stripping types.
 *
 *   node --conditions=source tests/bench/bundle.ts <target.mjs>
 */
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin } from 'rolldown';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Name the file to write.');

/** Imported from where it is installed, wherever the bundle is: packages of CommonJS that look for themselves. */
const installedHere: Plugin = {
  name: 'installed-here',
  async resolveId(specifier, importer) {
    if (!/^pg(?:-|$)/.test(specifier) || importer?.includes('node_modules') === true) return null;
    const resolved = await this.resolve(specifier, importer, { skipSelf: true });
    return resolved === null ? null : { id: resolved.id, external: 'absolute' };
  },
};

const build = await rolldown({
  plugins: [installedHere],
  input: join(import.meta.dirname, 'bench-engine.ts'),
  platform: 'node',
  resolve: { conditionNames: ['source', 'import', 'node', 'default'] },
});
await build.write({ file: target, format: 'esm', codeSplitting: false });
await build.close();
