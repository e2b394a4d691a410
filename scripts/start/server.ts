import { fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { z } from 'zod';

const Line = z.looseObject({ type: z.string(), url: z.string().optional(), code: z.string().optional() });

export type StartedServer = {
  readonly url: string;
  /** Resolves when the server has ended, asked or not. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts `telos serve` as a process of its own and waits until it listens.
 *
 * @param at `orAnyOther` takes any free port when this one is in use.
 * @param interrupted Ends the server, whether it listens yet or not.
 * @returns The server, or the exit code with which it gave up after saying why.
 */
export async function startServer(
  root: string,
  at: { readonly port: number; readonly orAnyOther?: boolean },
  interrupted: AbortSignal,
): Promise<StartedServer | { readonly exitCode: number }> {
  // In a process group of its own: a Ctrl-C reaches this process, which then stops the server in good order.
  // The channel tells the server when this process is gone without having stopped it.
  const child = fork(join(root, 'packages/cli/bin/telos.js'), ['serve', '--port', String(at.port), '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    execArgv: [],
  });
  const stop = (): void => {
    if (child.exitCode === null) child.kill('SIGINT');
  };
  interrupted.addEventListener('abort', stop, { once: true });
  const output = child.stdout ?? new PassThrough();
  const complaints: string[] = [];
  const hold = (chunk: Buffer): void => void complaints.push(chunk.toString());
  child.stderr?.on('data', hold);
  const exited = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));

  const first = await new Promise<z.infer<typeof Line> | undefined>((resolve) => {
    createInterface(output).once('line', (line) => resolve(Line.parse(JSON.parse(line))));
    void exited.then(() => resolve(undefined));
  });
  if (first?.url === undefined) {
    const exitCode = await exited;
    if (first?.code === 'PORT_IN_USE' && at.orAnyOther === true) return startServer(root, { port: 0 }, interrupted);
    process.stderr.write(complaints.join(''));
    return { exitCode };
  }
  process.stderr.write(complaints.join(''));
  child.stderr?.off('data', hold).pipe(process.stderr);
  return {
    url: first.url,
    ended: exited.then(() => undefined),
    async stop() {
      stop();
      await exited;
    },
  };
}
