/**
 * A few processes beside this one, for work that must be ended by ending its
 * process. They are kept for the next piece of work; idle ones keep nothing alive.
 */
import { fork } from 'node:child_process';
import type { ChildProcess, Serializable } from 'node:child_process';

export interface ProcessPool {
  /** An idle process, a new one, or the first to come free. @throws The signal's reason when it aborts. */
  take(signal: AbortSignal): Promise<ChildProcess>;
  /** Gives back a process that is ready for more. One that is not is killed instead; that gives its place back too. */
  giveBack(child: ChildProcess): void;
}

/** @param file The program, `.ts` beside its source and `.js` where it is compiled. */
export function createProcessPool(
  file: URL,
  options: { readonly most: number; readonly execArgv?: string[] },
): ProcessPool {
  const idle: ChildProcess[] = [];
  const waiting: (() => void)[] = [];
  let living = 0;

  function start(): ChildProcess {
    // The child needs nothing of the environment, so it gets none of its secrets.
    const child = fork(file, {
      execArgv: options.execArgv ?? [],
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    living += 1;
    const gone = (): void => {
      living -= 1;
      remove(idle, child);
      waiting.shift()?.();
    };
    child.once('exit', gone);
    child.once('error', () => {
      // One that could not be started never exits.
      if (child.pid === undefined) gone();
    });
    return child;
  }

  return {
    async take(signal) {
      for (;;) {
        signal.throwIfAborted();
        const child = idle.pop();
        if (child !== undefined) {
          child.ref();
          child.channel?.ref();
          return child;
        }
        if (living < options.most) return start();
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          // Whoever has left must not be called in another's place.
          signal.addEventListener('abort', () => (remove(waiting, resolve), resolve()), { once: true });
        });
      }
    },
    giveBack(child) {
      child.unref();
      child.channel?.unref();
      idle.push(child);
      waiting.shift()?.();
    },
  };
}

/**
 * Sends a request to a process and gives what `read` makes of its messages: the
 * first that is not undefined. On abort the process is killed, and with it the work.
 *
 * @param ended What it means that the process ended early: a reply, or the error to reject with.
 */
export function ask<Reply>(
  child: ChildProcess,
  request: Serializable,
  {
    signal,
    read,
    ended,
  }: {
    readonly signal: AbortSignal;
    readonly read: (message: unknown) => Reply | undefined;
    readonly ended: () => Reply | Error;
  },
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onExit);
      signal.removeEventListener('abort', onAbort);
    };
    const onMessage = (message: unknown): void => {
      const reply = read(message);
      if (reply === undefined) return;
      settle();
      resolve(reply);
    };
    const onExit = (): void => {
      settle();
      const meaning = ended();
      if (meaning instanceof Error) reject(meaning);
      else resolve(meaning);
    };
    const onAbort = (): void => {
      settle();
      child.kill('SIGKILL');
      reject(signal.reason);
    };
    if (signal.aborted) return onAbort();
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.once('error', onExit);
    signal.addEventListener('abort', onAbort, { once: true });
    child.send(request, (error) => {
      if (error !== null) onExit();
    });
  });
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at !== -1) list.splice(at, 1);
}
