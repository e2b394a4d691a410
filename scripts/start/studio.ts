import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Manifest = z.looseObject({ scripts: z.record(z.string(), z.string()).default({}) });

/** Builds the studio when it has a build and that is missing or older than its sources. A failed build is told; the API serves without it. */
export function buildStudio(root: string): void {
  const folder = join(root, 'packages/studio');
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  if (manifest.scripts['build'] === undefined || isCurrent(folder)) return;
  console.log('Building the studio ...');
  // The name under which pnpm started this script is the pnpm to go on with.
  const pnpm = process.env['npm_execpath'];
  const [command, ...words] =
    pnpm === undefined || !/\.[cm]?js$/.test(pnpm) ? [pnpm ?? 'pnpm'] : [process.execPath, pnpm];
  const done = spawnSync(command ?? 'pnpm', [...words, '--dir', folder, 'run', 'build'], { encoding: 'utf8' });
  if (done.status === 0) return;
  console.error(`The studio could not be built; the API is served without it.\n${done.stdout}${done.stderr}`);
}

function isCurrent(folder: string): boolean {
  const built = join(folder, 'dist/index.html');
  if (!existsSync(built)) return false;
  const time = statSync(built).mtimeMs;
  return globSync(['src/**/*', '*.{html,json,ts}'], { cwd: folder }).every(
    (file) => statSync(join(folder, file)).mtimeMs <= time,
  );
}
