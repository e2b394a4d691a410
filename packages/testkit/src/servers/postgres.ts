import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { onPath } from './on-path.ts';
import { startPrivateServer } from './private-server.ts';
import type { RestartableServer } from './private-server.ts';

const run = promisify(execFile);

export type PostgresPrograms = { readonly initdb: string; readonly postgres: string };

/** The newest PostgreSQL of this machine, or undefined when none is installed. */
export function findPostgres(): PostgresPrograms | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  for (const version of versions) {
    const initdb = join(debian, version, 'bin', 'initdb');
    const postgres = join(debian, version, 'bin', 'postgres');
    if (existsSync(initdb) && existsSync(postgres)) return { initdb, postgres };
  }
  const initdb = onPath(['initdb']);
  const postgres = onPath(['postgres']);
  return initdb === undefined || postgres === undefined ? undefined : { initdb, postgres };
}

export type PostgresOptions = {
  /** Listens here too, and is named so: for clients in other network namespaces of this machine. An IPv4 address. */
  readonly address?: string;
};

/**
 * Starts an empty cluster with the superuser `postgres` and no password. It does
 * not flush to disk: it is for tests that do not pull the plug.
 *
 * PostgreSQL refuses to run as root; then it runs as the account `postgres`, else as `nobody`.
 * @throws Error when PostgreSQL is not installed, or no account can run it.
 */
export async function startPostgres({ address }: PostgresOptions = {}): Promise<RestartableServer> {
  const programs = findPostgres();
  if (programs === undefined) throw new Error('PostgreSQL is not installed');
  const account = process.getuid?.() === 0 ? await unprivilegedAccount() : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'telos-postgres-'));
  try {
    if (account !== undefined) await chown(folder, account.uid, account.gid);
    const options = ['--pgdata', folder, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8'];
    await run(programs.initdb, [...options, '--locale', 'C', '--no-sync'], { cwd: folder, ...account });
    if (address !== undefined) await appendFile(join(folder, 'pg_hba.conf'), `host all all ${address}/24 trust\n`);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const port = await freePort();
  const settings = ['fsync=off', 'full_page_writes=off', 'unix_socket_directories=', 'max_connections=300'];
  return startPrivateServer({
    name: 'PostgreSQL',
    command: programs.postgres,
    arguments: [
      '-D',
      folder,
      '-h',
      ['127.0.0.1', ...(address === undefined ? [] : [address])].join(','),
      '-p',
      `${port}`,
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    ...(account === undefined ? {} : { account }),
    folder,
    url: `postgres://postgres@${address ?? '127.0.0.1'}:${port}/postgres`,
    ready: /ready to accept connections/,
    endsOn: 'SIGINT',
  });
}

/** The account that servers run as which refuse to run as root. */
export async function unprivilegedAccount(): Promise<{ readonly uid: number; readonly gid: number }> {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account: try the next.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as');
}
