/**
 * One script, one isolate: made for the call and destroyed after it.
 *
 * Three bounds hold at once: memory (the isolate's own limit), CPU time (read
 * from the isolate while it runs, so that a busy machine fails no honest
 * script), and wall time (for a script that waits for what never comes).
 */
import { TelosError } from '@telos/core';
import type { Clock, Json } from '@telos/core';
import type IsolatedVm from 'isolated-vm';
import type { Context, Isolate } from 'isolated-vm';

export type ScriptLimits = { readonly memoryMb: number; readonly cpuMs: number; readonly wallMs: number };

export type ScriptOptions = {
  readonly limits: ScriptLimits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A line of `console.log`, cut at 2,000 characters; at most 200 lines are shown. */
  readonly log: (line: string) => void;
};

const maxLogLines = 200;
const maxLogCharacters = 2000;
const cpuPollMs = 25;

/** In front of the script's own first line, so that lines and columns are the author's. */
const before = '(async (args) => {\n';
const after = '\n})';

/** Gives `console`; written for the isolate, which has none. */
const consoleSource = `
  const show = (value) => {
    if (typeof value === 'string') return value;
    try { return JSON.stringify(value) ?? String(value); } catch { return String(value); }
  };
  const print = (...values) => $0(values.map(show).join(' ').slice(0, ${maxLogCharacters}));
  globalThis.console = { log: print, info: print, debug: print, warn: print, error: print };
`;

/**
 * Runs the body of a function of `args` and gives what it returns, copied out of the isolate.
 * @throws TelosError SCRIPT_FAILED (with `details.line` and `details.column`), SCRIPT_TIMEOUT, SCRIPT_MEMORY; or the signal's reason.
 */
export async function runScript(code: string, args: Json, options: ScriptOptions): Promise<unknown> {
  const { limits, clock, signal } = options;
  signal.throwIfAborted();
  const { default: ivm } = await import('isolated-vm');
  const isolate = new ivm.Isolate({ memoryLimit: limits.memoryMb, onCatastrophicError: () => stop('memory') });
  let stopped: Stop | undefined;
  let catastrophe: (() => void) | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    catastrophe = () => reject(new Error('stopped'));
  });
  abandoned.catch(() => undefined);
  function stop(why: Stop): void {
    stopped ??= why;
    catastrophe?.();
    if (!isolate.isDisposed) isolate.dispose();
  }
  const onAbort = (): void => stop('abort');
  signal.addEventListener('abort', onAbort, { once: true });
  const ended = new AbortController();
  void watch(isolate, limits, clock, ended.signal, stop);
  try {
    const context = await isolate.createContext();
    await addConsole(ivm, context, options.log);
    const script = await isolate.compileScript(`${before}${code}${after}`, { filename: 'script.js', lineOffset: -1 });
    const body = await script.run(context, { reference: true });
    const copied = new ivm.ExternalCopy(args).copyInto();
    const running: Promise<unknown> = body.apply(undefined, [copied], { result: { copy: true, promise: true } });
    return await Promise.race([running, abandoned]);
  } catch (error) {
    if (stopped === 'abort') throw signal.reason;
    throw scriptError(error, isolate.isDisposed ? (stopped ?? 'memory') : undefined, limits);
  } finally {
    ended.abort();
    signal.removeEventListener('abort', onAbort);
    if (!isolate.isDisposed) isolate.dispose();
  }
}

type Stop = 'abort' | 'cpu' | 'wall' | 'memory';

async function addConsole(ivm: typeof IsolatedVm, context: Context, log: (line: string) => void): Promise<void> {
  let lines = 0;
  const print = new ivm.Callback(
    (line: unknown) => {
      lines += 1;
      if (lines <= maxLogLines) log(String(line).slice(0, maxLogCharacters));
      else if (lines === maxLogLines + 1) log('(further lines are not shown)');
    },
    { ignored: true },
  );
  await context.evalClosure(consoleSource, [print]);
}

async function watch(
  isolate: Isolate,
  limits: ScriptLimits,
  clock: Clock,
  ended: AbortSignal,
  stop: (why: Stop) => void,
): Promise<void> {
  const startedAt = clock.now();
  while (!ended.aborted && !isolate.isDisposed) {
    if (Number(isolate.cpuTime / 1_000_000n) > limits.cpuMs) return stop('cpu');
    if (clock.now() - startedAt > limits.wallMs) return stop('wall');
    await clock.sleep(cpuPollMs, ended);
  }
}

function scriptError(error: unknown, stopped: Stop | undefined, limits: ScriptLimits): TelosError {
  if (stopped === 'cpu') {
    return new TelosError('SCRIPT_TIMEOUT', `The script used more than ${limits.cpuMs} ms of processor time`);
  }
  if (stopped === 'wall') {
    return new TelosError('SCRIPT_TIMEOUT', `The script did not end within ${limits.wallMs} ms`);
  }
  const thrown = error instanceof Error ? error : undefined;
  if (stopped === 'memory' || thrown?.message === 'Array buffer allocation failed') {
    return new TelosError('SCRIPT_MEMORY', `The script used more than ${limits.memoryMb} MB`);
  }
  if (thrown === undefined) {
    return new TelosError('SCRIPT_FAILED', 'The script threw a value that is no Error', {
      next: 'Throw `new Error(...)`, so that the message and the line are known.',
    });
  }
  const place = /\bscript\.js:(\d+):(\d+)/.exec(`${thrown.message}\n${thrown.stack ?? ''}`);
  const message = thrown.message.replace(/\s*\[script\.js:\d+:\d+\]\s*$/, '').slice(0, 2000);
  const at = place === null ? '' : ` (line ${place[1]}, column ${place[2]})`;
  return new TelosError('SCRIPT_FAILED', `${thrown.name}: ${message}${at}`, {
    details: place === null ? {} : { line: Number(place[1]), column: Number(place[2]) },
  });
}
