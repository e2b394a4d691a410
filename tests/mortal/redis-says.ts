import { once } from 'node:events';
import { connect } from 'node:net';

/** What a Redis answers to one command, written as a person would type it: the first piece of it, as it stands on the wire. */
export async function redisSays(url: string, command: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port || 6379), hostname);
  try {
    await once(socket, 'connect');
    socket.write(`${command}\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  } finally {
    socket.destroy();
  }
}
