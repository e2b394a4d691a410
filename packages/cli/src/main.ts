/** The process: the only place that reads its environment, its streams and its signals. */
import { claimStray } from '@telos/executor/strays';
import type { Stray } from '@telos/executor/strays';
import { runCommandLine } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const { stdout, stderr } = process;

// A reader that has seen enough (`telos runs | head`) is no failure.
for (const stream of [stdout, stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(exitCodes.succeeded);
    throw error;
  });
}

// What a tool has set going fails where nobody waits for it: that fails its step, if anything, and never the process.
process.on('unhandledRejection', (reason) => tellStray(reason, claimStray(reason)));
process.on('uncaughtException', (error) => {
  const stray = claimStray(error);
  if (stray !== undefined) return tellStray(error, stray);
  // Ours: nobody knows what it has left undone.
  stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(exitCodes.failed);
});

/** Started by a program that keeps a channel to this one. */
const hasParent = process.send !== undefined;

const terminal: Terminal = {
  environment: process.env,
  folder: process.cwd(),
  isInteractive: stdout.isTTY,
  hasColour: stdout.isTTY && stdout.hasColors() && process.env['NO_COLOR'] === undefined,
  size: () => ({ columns: stdout.columns || 100, rows: stdout.rows || 40 }),
  write: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
  onInterrupt,
  now: () => Date.now(),
};

const code = await runCommandLine(process.argv.slice(2), terminal);
// Whatever a library still holds open is not waited for; what was written is.
stdout.write('', () => process.exit(code));

function tellStray(reason: unknown, stray: Stray | undefined): void {
  void import('./output/stray-line.ts').then(({ strayLine }) => stderr.write(strayLine(reason, process.env, stray)));
}

function onInterrupt(listener: () => void): () => void {
  let times = 0;
  const heard = (): void => {
    times += 1;
    if (times > 1) process.exit(exitCodes.cancelled);
    listener();
  };
  // `disconnect`: the program that started this one, and kept a channel to it, is gone.
  const signals = ['SIGINT', 'SIGTERM', 'disconnect'] as const;
  for (const signal of signals) process.on(signal, heard);
  if (hasParent && !process.connected) process.nextTick(heard); // it was gone before anybody listened
  return () => {
    for (const signal of signals) process.off(signal, heard);
  };
}
