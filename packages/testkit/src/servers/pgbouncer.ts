import { chown, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { onPath } from './on-path.ts';
import { unprivilegedAccount } from './postgres.ts';
import { startPrivateServer } from './private-server.ts';
import type { RestartableServer } from './private-server.ts';

/** The PgBouncer of this machine, or undefined when none is installed. */
export function findPgbouncer(): string | undefined {
  return onPath(['pgbouncer'], `${process.env['PATH'] ?? ''}:/usr/sbin`);
}

/**
 * Starts a PgBouncer in transaction mode: two connections to the server, whoever asks.
 *
 * @param url Of the server, which lets its user in without a password.
 * @throws Error when none is installed.
 */
export async function startPgbouncer(url: string): Promise<RestartableServer> {
  const command = findPgbouncer();
  if (command === undefined) throw new Error('pgbouncer is not installed');
  const { hostname, port, username, pathname } = new URL(url);
  const account = process.getuid?.() === 0 ? await unprivilegedAccount() : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'telos-pgbouncer-'));
  const own = await freePort();
  const settings = join(folder, 'pgbouncer.ini');
  await writeFile(
    settings,
    `[databases]
* = host=${hostname} port=${port} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
`,
  );
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  return startPrivateServer({
    name: 'PgBouncer',
    command,
    arguments: [settings],
    ...(account === undefined ? {} : { account }),
    folder,
    url: `postgres://${username}@127.0.0.1:${own}${pathname}`,
    ready: /process up/,
    endsOn: 'SIGINT',
  });
}
