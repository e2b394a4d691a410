/** Processes that work for a test until it kills them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { MortalSettings } from './start-mortal.ts';

export interface Mortal {
  /** Whether it has ended. */
  readonly isGone: boolean;
  readonly gone: Promise<void>;
  /**
   * Takes the first line it has said that begins like this and was not taken; the others stay.
   * Rejects when it ends without saying so, or with the reason of `signal`.
   */
  says(beginning: string, signal?: AbortSignal): Promise<string>;
  tell(words: object): void;
  kill(): Promise<void>;
  /** Stops its clock and its heart; its leases lapse when that is for long. */
  freeze(ms: number): void;
  /** Has it go on where it stood still. */
  thaw(): void;
}

export interface Crew {
  /** Starts one; resolves when it says that it is ready. */
  hire(): Promise<Mortal>;
  /** One of those that live, by a number in [0, 1). */
  one(random: number): Mortal | undefined;
  /** Kills all, when those that are frozen have thawed. */
  dismiss(): Promise<void>;
}

export type CrewOptions = {
  /** The program they run, beside this file; default `mortal-worker.ts`. */
  readonly program?: string;
  /** The command that starts them somewhere else, before their own words. */
  readonly by?: readonly string[];
  /** Told what they write on standard error; absent: nobody is, unless MORTAL_LOUD is set. */
  readonly onError?: (text: string) => void;
};

export function createCrew(settings: MortalSettings, options: CrewOptions = {}): Crew {
  const crew = new Set<Mortal>();
  const thaws = new Set<Promise<void>>();
  return {
    async hire() {
      const mortal = spawnMortal(settings, options, thaws);
      crew.add(mortal);
      void mortal.gone.then(() => crew.delete(mortal));
      await mortal.says('ready');
      return mortal;
    },
    one: (random) => [...crew][Math.floor(random * crew.size)],
    async dismiss() {
      await Promise.all(thaws);
      await Promise.all([...crew].map((mortal) => mortal.kill()));
    },
  };
}

function spawnMortal(settings: MortalSettings, options: CrewOptions, thaws: Set<Promise<void>>): Mortal {
  const { program = 'mortal-worker.ts', by = [], onError = shownWhenLoud } = options;
  const file = join(import.meta.dirname, program);
  const words = ['--conditions=source', '--no-warnings', file, JSON.stringify(settings)];
  const [command = '', ...rest] = [...by, process.execPath, ...words];
  const child = spawn(command, rest);
  const gone = once(child, 'exit').then(() => undefined);
  child.stdin.on('error', () => {
    // It died before it read what it was told.
  });
  child.stderr.on('data', (chunk: Buffer) => onError(chunk.toString()));

  const unread: string[] = [];
  let isGone = false;
  let news = Promise.withResolvers<void>();
  const tellNews = (): void => {
    news.resolve();
    news = Promise.withResolvers();
  };
  const said = createInterface(child.stdout);
  said.on('line', (line) => {
    unread.push(line);
    tellNews();
  });
  said.on('close', tellNews);
  void gone.then(() => {
    isGone = true;
    tellNews();
  });

  return {
    get isGone() {
      return isGone;
    },
    gone,
    async says(beginning, signal) {
      const aborted = Promise.withResolvers<void>();
      signal?.addEventListener('abort', () => aborted.resolve(), { once: true });
      for (;;) {
        signal?.throwIfAborted();
        const at = unread.findIndex((line) => line.startsWith(beginning));
        if (at >= 0) return unread.splice(at, 1)[0] ?? '';
        if (isGone) throw new Error(`The process ended before it said ${beginning}.`);
        await Promise.race([news.promise, aborted.promise]);
      }
    },
    tell: (told) => void child.stdin.write(`${JSON.stringify(told)}\n`),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    thaw: () => void child.kill('SIGCONT'),
    freeze(ms) {
      child.kill('SIGSTOP');
      thaws.add(delay(ms).then(() => void child.kill('SIGCONT')));
    },
  };
}

function shownWhenLoud(text: string): void {
  if (process.env['MORTAL_LOUD'] !== undefined) process.stderr.write(text);
}
