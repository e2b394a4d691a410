/**
 * `pnpm docker:try`: carries out what docker/Dockerfile says, by hand, where no
 * container engine is: its build in a copy of the repository, then its command
 * on what the last stage would hold, until the health check passes.
 *
 * What an engine alone can do (users, the base image) is left out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const root = dirname(import.meta.dirname);
const scratch = mkdtempSync(join(tmpdir(), 'telos-docker-'));
const app = join(scratch, 'app');
const image = join(scratch, 'image');
const data = join(scratch, 'data');
for (const folder of [app, image, data]) mkdirSync(folder);

type Line = { readonly word: string; readonly rest: string };

try {
  const text = readFileSync(join(root, 'docker/Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
  const [build = [], last = []] = stagesOf(text);
  for (const { word, rest } of build) {
    if (word === 'COPY') copyFrom(root, app, rest);
    if (word === 'RUN' && !rest.startsWith('npm install --global pnpm@')) run(rest);
  }
  for (const { word, rest } of last) {
    const [, name] = word === 'COPY' ? (/^--from=build \/app\/(\w+) \/app\/\1$/.exec(rest) ?? []) : [];
    // Nobody needs what the build leaves behind, so it moves instead of being copied.
    if (name !== undefined) renameSync(join(app, name), join(image, name));
  }
  const [size] = spawnSync('du', ['-sm', image], { encoding: 'utf8' }).stdout.split('\t');
  console.log(`The last stage holds ${size} MiB beside its base.`);
  await serve(listIn(last, 'ENTRYPOINT'), listIn(last, 'CMD'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function stagesOf(text: string): readonly (readonly Line[])[] {
  const stages: Line[][] = [];
  for (const line of text.split('\n').map((one) => one.trim())) {
    const [word = '', ...words] = line.split(/\s+/);
    if (word === 'FROM') stages.push([]);
    else if (word !== '' && !word.startsWith('#')) stages.at(-1)?.push({ word, rest: words.join(' ') });
  }
  return stages;
}

function copyFrom(from: string, to: string, rest: string): void {
  const names = rest.split(' ');
  const target = names.pop() ?? '.';
  const left = new Set(['node_modules', 'dist', 'bundle', '.telos']);
  for (const name of names) {
    const place = join(to, names.length > 1 ? join(target, name) : target);
    cpSync(join(from, name), place, {
      recursive: true,
      preserveTimestamps: true,
      verbatimSymlinks: true,
      // What .dockerignore keeps out.
      filter: (path) => !left.has(path.split('/').at(-1) ?? ''),
    });
  }
}

/** pnpm as it was started, and packages from its store. */
function run(command: string): void {
  console.log(`> ${command}`);
  const pnpm = process.env['npm_execpath'] ?? 'pnpm';
  const shown = /\.[cm]?js$/.test(pnpm) ? `"${process.execPath}" "${pnpm}"` : pnpm;
  const started = performance.now();
  const done = spawnSync('sh', ['-c', command.replace(/^pnpm /, `${shown} --prefer-offline `)], {
    cwd: app,
    env: { ...process.env, CI: 'true' },
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`It failed.\n${done.stdout}${done.stderr}`);
  console.log(`  ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

function listIn(lines: readonly Line[], word: string): readonly string[] {
  const found = lines.find((line) => line.word === word)?.rest ?? '[]';
  return z.array(z.string()).parse(JSON.parse(found));
}

async function serve([, entry = '']: readonly string[], command: readonly string[]): Promise<void> {
  const words = [join(image, entry.replace('/app/', '')), ...command, '--port', '0', '--json'];
  console.log(`> node ${entry} ${command.join(' ')}`);
  cpSync(join(image, 'workflows'), join(data, 'workflows'), { recursive: true });
  const child = spawn(process.execPath, words, {
    cwd: data,
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      TELOS_HOME: join(data, '.telos'),
      TELOS_API_KEYS: 'a-key-of-good-length',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    ended.then(() => '{}'),
  ]);
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(line));
  const here = url.replace('0.0.0.0', '127.0.0.1');
  const health = await fetch(`${here}/healthz`);
  const page = await fetch(here);
  child.kill('SIGTERM');
  const code = await ended;
  if (!health.ok || !(await page.text()).includes('<html') || code !== 0) throw new Error(`It is not well: ${code}.`);
  console.log('It serves the API and the studio, is well, and ends when it is told to.');
}
