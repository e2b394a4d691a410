/** Cuts the connections of everybody to a server, and empties a queue. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What to do to these addresses now and then; undefined when neither is a server's. */
export function cutOf(store: string, queue: string): (() => Promise<void>) | undefined {
  const cuts = [
    ...(store.startsWith('postgres') ? [() => terminate(store)] : []),
    ...(queue.startsWith('postgres') && queue !== store ? [() => terminate(queue)] : []),
    ...(queue.startsWith('redis:') ? [() => say(queue, 'CLIENT KILL TYPE normal'), () => say(queue, 'FLUSHALL')] : []),
  ];
  if (cuts.length === 0) return undefined;
  let next = 0;
  return async () => {
    await cuts[next++ % cuts.length]?.();
  };
}

async function terminate(url: string): Promise<void> {
  const others = 'pid <> pg_backend_pid() AND datname = current_database()';
  await run('psql', [url, '-c', `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${others}`]);
}

/** An inline command, as a person would type it: nothing but a socket is needed. */
async function say(url: string, command: string): Promise<void> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port || 6379), hostname);
  await once(socket, 'connect');
  socket.write(`${command}\r\n`);
  await once(socket, 'data').catch(() => {});
  socket.destroy();
}
