/** Where this `telos` is installed, and what came with it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package: the nearest around this file that holds its package.json, from source and from what is built alike. */
function packageFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Of the `telos` command. */
export function version(): string {
  // Safe: the file is this package's own.
  const manifest = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

/** The built studio, or undefined when it has not been built. */
export function studioFolder(): string | undefined {
  const folder = join(packageFolder(), '../studio/dist');
  return existsSync(join(folder, 'index.html')) ? folder : undefined;
}

/** Holds the workflows that people start from. */
export function templatesFolder(): string {
  return join(packageFolder(), '../../workflows');
}
