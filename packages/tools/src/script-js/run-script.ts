/**
 * One script, one isolate: made for the call and destroyed after it.
 *
 * Memory is bounded by the isolate, processor time is read from it while it
 * runs, so that a busy machine fails no honest script. Runs in ./script-child.ts,
 * which its parent ends when all that does not help; so nothing here imports
 * what a child would be slow to load.
 */
import type IsolatedVm from 'isolated-vm';
import type { Context, Isolate } from 'isolated-vm';
import { resultText } from './result-text.ts';
import type { ScriptOutcome } from './script-outcome.ts';

export type ScriptRequest = {
  readonly code: string;
  /** JSON text. */
  readonly args: string;
  readonly memoryMb: number;
  readonly cpuMs: number;
};

const maxLogLines = 200;
const maxLogCharacters = 2000;
const maxMessageCharacters = 2000;
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
 * Runs the body of a function of `args`. Never rejects.
 *
 * @param log Told of each line of `console.log`, cut at 2,000 characters; at most 200 lines are shown.
 */
export async function runScript(request: ScriptRequest, log: (line: string) => void): Promise<ScriptOutcome> {
  const { default: ivm } = await import('isolated-vm');
  const stopped = Promise.withResolvers<ScriptOutcome>();
  const stop = (by: 'cpu' | 'memory'): void => {
    stopped.resolve({ ended: 'stopped', by });
    if (!isolate.isDisposed) isolate.dispose();
  };
  const isolate = new ivm.Isolate({ memoryLimit: request.memoryMb, onCatastrophicError: () => stop('memory') });
  const poll = setInterval(() => {
    if (!isolate.isDisposed && Number(isolate.cpuTime / 1_000_000n) > request.cpuMs) stop('cpu');
  }, cpuPollMs);
  try {
    return await Promise.race([stopped.promise, outcomeOf(ivm, isolate, request, log)]);
  } finally {
    clearInterval(poll);
    if (!isolate.isDisposed) isolate.dispose();
  }
}

async function outcomeOf(
  ivm: typeof IsolatedVm,
  isolate: Isolate,
  { code, args }: ScriptRequest,
  log: (line: string) => void,
): Promise<ScriptOutcome> {
  try {
    const context = await isolate.createContext();
    await addConsole(ivm, context, log);
    const script = await isolate.compileScript(`${before}${code}${after}`, { filename: 'script.js', lineOffset: -1 });
    const body = await script.run(context, { reference: true });
    const copied = new ivm.ExternalCopy(JSON.parse(args)).copyInto();
    const returned: unknown = await body.apply(undefined, [copied], { result: { copy: true, promise: true } });
    return returned === undefined ? { ended: 'returned' } : resultText(returned);
  } catch (error) {
    return isolate.isDisposed ? { ended: 'stopped', by: 'memory' } : thrown(error);
  }
}

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

function thrown(error: unknown): ScriptOutcome {
  if (!(error instanceof Error)) return { ended: 'threw' };
  // A script writes all three, so each is cut before it is looked through.
  const [name, message, stack] = [error.name, error.message, error.stack ?? ''].map((text) =>
    text.slice(0, maxMessageCharacters),
  );
  if (message === 'Array buffer allocation failed') return { ended: 'stopped', by: 'memory' };
  const place = /\bscript\.js:(\d{1,9}):(\d{1,9})/.exec(`${message}\n${stack}`);
  const said = `${name}: ${message?.replace(/\s{0,9}\[script\.js:\d{1,9}:\d{1,9}\]\s{0,9}$/, '')}`;
  if (place === null) return { ended: 'threw', message: said };
  return { ended: 'threw', message: said, line: Number(place[1]), column: Number(place[2]) };
}
