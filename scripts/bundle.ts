/**
 * Bundles the command line into `packages/cli/bundle/`: the same code in few
 * files, which start several times faster than the sources do.
 *
 * `bin/telos.js` uses it when no source is newer. Run after every install, and
 * by `pnpm build` and `pnpm start`. A `telos` that runs meanwhile is not
 * disturbed: pieces are named by their content, and old ones stay for a week.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { rolldown } from 'rolldown';
import type { OutputAsset, OutputChunk, Plugin } from 'rolldown';

const root = dirname(import.meta.dirname);
const target = join(root, 'packages/cli/bundle');
/** The last is what `bin/telos.js` starts. */
const entries = ['compile-thread.js', 'main.js'];
const weekMs = 7 * 24 * 3_600_000;

/** What is bundled, with all that it imports. Everything else is imported from where it is installed: it is native, or reads files of its own. */
const bundled = [
  'zod',
  'yaml',
  'ajv',
  're2js',
  'croner',
  '@marcbachmann/cel-js',
  '@langchain/core',
  '@langchain/openai',
  '@langchain/ollama',
  'ollama',
  '@pydantic/genai-prices',
];

const installedElsewhere: Plugin = {
  name: 'installed-elsewhere',
  async resolveId(specifier, importer) {
    const isOurs = importer !== undefined && !importer.includes(`${sep}node_modules${sep}`);
    const isPackage = !/^(?:[./]|node:|@telos\/)/.test(specifier);
    if (!isOurs || !isPackage || bundled.some((name) => specifier === name || specifier.startsWith(`${name}/`))) {
      return null;
    }
    const resolved = await this.resolve(specifier, importer, { skipSelf: true });
    return resolved === null ? null : { id: resolved.id, external: 'relative' };
  },
};

/** A source that looks for something beside itself goes on looking where it stands, not where it was bundled to. */
const placesKept: Plugin = {
  name: 'places-kept',
  transform(code, id) {
    if (id.includes(`${sep}node_modules${sep}`) || !code.includes('import.meta.url')) return null;
    const way = relative(target, id).split(sep).join('/');
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(way)}, import.meta.url).href`);
  },
};

try {
  const startedAt = Date.now();
  const pieces = await bundle();
  write(pieces);
  removeOld(pieces, startedAt - weekMs);
} catch (error) {
  for (const entry of entries) rmSync(join(target, entry), { force: true });
  console.error(`The command line could not be bundled; it runs from its sources, slower. ${String(error)}`);
  if (process.argv.includes('--strict')) process.exitCode = 1;
}

async function bundle(): Promise<readonly (OutputChunk | OutputAsset)[]> {
  const build = await rolldown({
    input: {
      main: join(root, 'packages/cli/src/main.ts'),
      'compile-thread': join(root, 'packages/cli/src/compose/compile-thread.ts'),
    },
    platform: 'node',
    resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
    plugins: [installedElsewhere, placesKept],
    logLevel: 'warn',
  });
  try {
    const names = { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' };
    return (await build.generate({ dir: target, format: 'esm', ...names })).output;
  } finally {
    await build.close();
  }
}

/** The entries come last and at once, so that whoever starts meanwhile finds all that it imports. */
function write(pieces: readonly (OutputChunk | OutputAsset)[]): void {
  mkdirSync(target, { recursive: true });
  for (const piece of pieces) {
    const file = join(target, piece.fileName);
    if (entries.includes(piece.fileName) || existsSync(file)) continue;
    replace(file, contentOf(piece));
  }
  for (const entry of entries) {
    for (const piece of pieces) if (piece.fileName === entry) replace(join(target, entry), contentOf(piece));
  }
}

function replace(file: string, content: string | Uint8Array): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

function contentOf(piece: OutputChunk | OutputAsset): string | Uint8Array {
  return piece.type === 'chunk' ? piece.code : piece.source;
}

function removeOld(pieces: readonly { readonly fileName: string }[], before: number): void {
  const current = new Set(pieces.map((piece) => piece.fileName));
  for (const name of readdirSync(target)) {
    const file = join(target, name);
    if (!current.has(name) && statSync(file).mtimeMs < before) rmSync(file, { recursive: true, force: true });
  }
}
