/** The readers of `sse.ts`, in a process of their own: raw sockets that follow one run and count what they see. */
import { connect } from 'node:net';
import { once } from 'node:events';

const [url = '', run = '', count = '0'] = process.argv.slice(2);
const { hostname, port } = new URL(url);
const many = Number(count);

let begun = 0;
let ended = 0;
let broken = 0;

async function follow(): Promise<void> {
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let isBegun = false;
  let isEnded = false;
  let rest = '';
  socket.on('data', (piece: Buffer) => {
    rest = (rest + piece.toString()).slice(-4000);
    if (!isBegun && rest.includes('event: run.started')) {
      isBegun = true;
      begun += 1;
      if (begun === many) process.send?.('following');
    }
    if (!isEnded && rest.includes('event: run.succeeded')) {
      isEnded = true;
      ended += 1;
      if (ended === many) process.send?.('ended');
    }
  });
  socket.on('close', () => {
    if (!isEnded) broken += 1;
  });
  socket.on('error', () => undefined);
  socket.write(
    `GET /v1/runs/${run}/events HTTP/1.1\r\nhost: ${hostname}\r\naccept: text/event-stream\r\nconnection: keep-alive\r\n\r\n`,
  );
}

// As many at a time as the server's backlog takes.
for (let opened = 0; opened < many; opened += 100) {
  await Promise.all(Array.from({ length: Math.min(100, many - opened) }, follow));
}
process.on('message', () => {
  process.stdout.write(broken === 0 ? '' : `${broken} readers lost their connection\n`);
  process.exit(broken === 0 ? 0 : 1);
});
