#!/usr/bin/env node
// Starts the command line from what starts quickest: the bundle while it is current, else the sources, else what `tsc` built.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import { isCurrent } from './is-current.js';

const oldestNode = 24;
const place = (path) => fileURLToPath(new URL(path, import.meta.url));

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  console.error(
    `Telos needs Node ${oldestNode} or newer, and this is ${process.versions.node}. In the repository \`pnpm telos\` brings its own.`,
  );
  process.exit(2);
}

module.enableCompileCache();
if (isCurrent(place('../bundle/main.js'))) {
  await import('../bundle/main.js');
} else if (existsSync(place('../src/main.ts'))) {
  // The packages of the repository are taken from their sources, as `--conditions=source` would, without a second process.
  module.registerHooks({
    resolve(specifier, context, next) {
      if (!specifier.startsWith('@telos/')) return next(specifier, context);
      return next(specifier, { ...context, conditions: ['source', ...context.conditions] });
    },
  });
  await import('../src/main.ts');
} else {
  await import('../dist/main.js');
}
