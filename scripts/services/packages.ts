/**
 * The system's package manager, where this account may use it: apt-get as root,
 * or through sudo without a password. Nothing else is tried.
 */
import { spawnSync } from 'node:child_process';
import { onPath } from '@telos/testkit/servers/on-path';

export type Installation = { readonly installed: true } | { readonly installed: false; readonly why: string };

/**
 * Installs packages by name, refreshing the package list when that is what it takes.
 *
 * @param path The PATH on which apt-get and sudo are looked for.
 * @param uid The caller's user id; 0 is root.
 */
export function installPackages(
  names: readonly string[],
  path: string = process.env['PATH'] ?? '',
  uid: number = process.getuid?.() ?? -1,
): Installation {
  const apt = onPath(['apt-get'], path);
  if (apt === undefined) return { installed: false, why: 'this system has no apt-get' };
  const prefix = uid === 0 ? [] : sudoPrefix(path);
  if (prefix === undefined)
    return { installed: false, why: 'this account is not root and has no sudo without a password' };

  const aptGet = (...words: string[]): { readonly ok: boolean; readonly output: string } => {
    const [command = apt, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', apt, '-q', '-y', ...words];
    const done = spawnSync(command, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, PATH: path },
    });
    return { ok: done.status === 0, output: `${done.stdout}${done.stderr}` };
  };
  const install = (): { readonly ok: boolean; readonly output: string } =>
    aptGet('install', '--no-install-recommends', ...names);

  console.log(`Installing ${names.join(', ')} with apt-get ...`);
  if (install().ok) return { installed: true };
  aptGet('update');
  const second = install();
  if (second.ok) return { installed: true };
  const lastLine = second.output.trim().split('\n').at(-1) ?? '';
  return { installed: false, why: `apt-get could not install ${names.join(', ')}: ${lastLine}` };
}

function sudoPrefix(path: string): string[] | undefined {
  const sudo = onPath(['sudo'], path);
  if (sudo === undefined) return undefined;
  const allowed = spawnSync(sudo, ['-n', 'true'], { stdio: 'ignore', env: { ...process.env, PATH: path } });
  return allowed.status === 0 ? [sudo, '-n'] : undefined;
}
