/**
 * Scripts, each in an isolate in a process beside this one (see
 * ./script-child.ts). A script that does not end, or that brings its process
 * down, costs that process and nothing else.
 */
import type { ChildProcess } from 'node:child_process';
import { TelosError } from '@telos/core';
import type { Clock, Json } from '@telos/core';
import { createProcessPool } from '../process-pool.ts';
import type { ScriptOutcome, ScriptRequest } from './run-script.ts';
import type { ScriptMessage } from './script-child.ts';

export type ScriptLimits = { readonly memoryMb: number; readonly cpuMs: number; readonly wallMs: number };

export type ScriptCall = {
  readonly code: string;
  readonly args: Json;
  readonly limits: ScriptLimits;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
};

/**
 * Gives what a script returns, copied out of its process.
 * @throws TelosError SCRIPT_FAILED (with `details.line` and `details.column`), SCRIPT_TIMEOUT, SCRIPT_MEMORY; or the signal's reason.
 */
export type ScriptRunner = (call: ScriptCall) => Promise<Json>;

const maxProcesses = 2;
/** Of the process around the isolate, which holds a result while it becomes JSON. In MB. */
const ownMemory = 512;

export function createScriptRunner(clock: Clock): ScriptRunner {
  const file = import.meta.url.endsWith('.ts') ? './script-child.ts' : './script-child.js';
  const processes = createProcessPool(new URL(file, import.meta.url), {
    most: maxProcesses,
    execArgv: [`--max-old-space-size=${ownMemory}`],
  });

  return async ({ code, args, limits, signal, log }) => {
    const child = await processes.take(signal);
    const ended = new AbortController();
    const deadline = new AbortController();
    void clock.sleep(limits.wallMs, ended.signal).then(() => deadline.abort());
    const { memoryMb, cpuMs } = limits;
    try {
      const request = { code, args: JSON.stringify(args), memoryMb, cpuMs };
      const outcome = await ask(child, request, log, AbortSignal.any([signal, deadline.signal]));
      // One whose isolate had to be stopped may not be sound any more.
      if (outcome.ended === 'stopped') child.kill('SIGKILL');
      else processes.giveBack(child);
      return valueOf(outcome, limits);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!deadline.signal.aborted) throw error;
      throw new TelosError('SCRIPT_TIMEOUT', `The script did not end within ${limits.wallMs} ms`);
    } finally {
      ended.abort();
    }
  };
}

/** Sends a request and gives the outcome; on abort the process is killed, and with it the script. */
function ask(
  child: ChildProcess,
  request: ScriptRequest,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<ScriptOutcome> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onExit);
      signal.removeEventListener('abort', onAbort);
    };
    const onMessage = (received: unknown): void => {
      const message = received as ScriptMessage; // only the child writes to this channel
      if ('line' in message && !('ended' in message)) {
        log(message.line);
        return;
      }
      settle();
      resolve(message);
    };
    const onExit = (): void => {
      settle();
      resolve({ ended: 'stopped', by: 'memory' });
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

function valueOf(outcome: ScriptOutcome, limits: ScriptLimits): Json {
  switch (outcome.ended) {
    case 'returned':
      if (outcome.text !== undefined) return JSON.parse(outcome.text) as Json; // the child made it with JSON.stringify
      throw new TelosError('SCRIPT_FAILED', 'The script returned nothing', {
        next: 'End it with `return`; give null where there is no value.',
      });
    case 'unusable':
      throw new TelosError('SCRIPT_FAILED', `The script returned ${outcome.reason}`, {
        next: 'Return only null, booleans, finite numbers, strings, lists and plain objects.',
      });
    case 'stopped':
      throw outcome.by === 'cpu'
        ? new TelosError('SCRIPT_TIMEOUT', `The script used more than ${limits.cpuMs} ms of processor time`)
        : new TelosError('SCRIPT_MEMORY', `The script used more than ${limits.memoryMb} MB`);
    case 'threw': {
      const { message, line, column } = outcome;
      if (message === undefined) {
        throw new TelosError('SCRIPT_FAILED', 'The script threw a value that is no Error', {
          next: 'Throw `new Error(...)`, so that the message and the line are known.',
        });
      }
      if (line === undefined || column === undefined) throw new TelosError('SCRIPT_FAILED', message);
      throw new TelosError('SCRIPT_FAILED', `${message} (line ${line}, column ${column})`, {
        details: { line, column },
      });
    }
  }
}
