/**
 * A private server: a program started for the tests alone, on a port of its own
 * on 127.0.0.1 and in a temporary folder, and gone when it is stopped.
 *
 * It is in a process group of its own, so that a Ctrl-C in the terminal reaches
 * the tests first; whoever started it stops it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';

export type PrivateServer = {
  readonly url: string;
  /** Ends the program and removes its folder. A second call does nothing. */
  stop(): Promise<void>;
};

/** One that can be away for a while. */
export type RestartableServer = PrivateServer & {
  /** Ends the program, with the signal that makes it end in good order unless another is given. Its port and files are kept. */
  halt(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, after `halt`, on the same port and files. */
  restart(): Promise<void>;
};

export type Launch = {
  /** Shown in errors. */
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** The account it runs as; absent: the caller's own. */
  readonly account?: { readonly uid: number; readonly gid: number };
  /** Where it keeps its files. Removed when it stops. */
  readonly folder: string;
  readonly url: string;
  /** A line of its output that says it takes connections. */
  readonly ready: RegExp;
  /** The signal that makes it end in good order. */
  readonly endsOn: NodeJS.Signals;
};

/** Starts the program and resolves when it is ready. Rejects with the end of its output when it ends before that, or after 60 s. */
export async function startPrivateServer(launch: Launch): Promise<RestartableServer> {
  let stopped: Promise<void> | undefined;
  let running: Running | undefined;

  async function start(): Promise<void> {
    running = spawnServer(launch);
    await readiness(running.child, launch);
  }

  async function halt(signal: NodeJS.Signals = launch.endsOn): Promise<void> {
    if (running === undefined) return;
    const { child, exited } = running;
    if (child.pid !== undefined && child.exitCode === null) child.kill(signal);
    await exited;
    running = undefined;
  }

  const stop = (): Promise<void> => {
    stopped ??= (async () => {
      await halt();
      await rm(launch.folder, { recursive: true, force: true });
    })();
    return stopped;
  };

  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: launch.url, halt, restart: start, stop };
}

type Running = { readonly child: ChildProcess; readonly exited: Promise<void> };

function spawnServer(launch: Launch): Running {
  const child = spawn(launch.command, launch.arguments, {
    cwd: launch.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    ...launch.account,
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { child, exited };
}

function readiness(child: ChildProcess, launch: Launch): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why: string): void => {
      clearTimeout(deadline);
      reject(new Error(`${launch.name} ${why}. Its last output:\n${output.slice(-2000)}`));
    };
    const deadline = setTimeout(() => fail('was not ready after 60 s'), 60_000);
    const read = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-8000);
      if (!launch.ready.test(output)) return;
      clearTimeout(deadline);
      resolve();
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (code) => fail(`ended with code ${code} before it was ready`));
  });
}
