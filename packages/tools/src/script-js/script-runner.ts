/**
 * Scripts, each in an isolate in a process beside this one (see
 * ./script-child.ts). A script that does not end, or that brings its process
 * down, costs that process and nothing else.
 */
import { TelosError } from '@telos/core';
import type { Clock, Json } from '@telos/core';
import { ask, createProcessPool } from '../process-pool.ts';
import type { ScriptRequest } from './run-script.ts';
import type { ScriptOutcome } from './script-outcome.ts';
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
      const request: ScriptRequest = { code, args: JSON.stringify(args), memoryMb, cpuMs };
      const outcome = await ask<ScriptOutcome>(child, request, {
        signal: AbortSignal.any([signal, deadline.signal]),
        read(received) {
          const message = received as ScriptMessage; // only the child writes to this channel
          if ('ended' in message) return message;
          log(message.line);
        },
        ended: () => ({ ended: 'stopped', by: 'memory' }),
      });
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
