import { anyJson } from '@telos/core';
import type { Clock, Json, Tool } from '@telos/core';
import { z } from 'zod';
import type { ScriptLimits, ScriptRunner } from './script-runner.ts';

const input = z.strictObject({
  code: z.string().min(1).max(200_000).describe('The body of a function of `args`; ends with `return`.'),
  args: anyJson.exactOptional().describe('What the script sees as `args`; {} when absent.'),
});

const defaultLimits: ScriptLimits = { memoryMb: 64, cpuMs: 1000, wallMs: 10_000 };

/** Runs JavaScript in an isolate of its own, in a process beside this one: no file system, no network, no timers, nothing left behind for the next call. */
export function scriptJsTool(clock: Clock, limits: ScriptLimits = defaultLimits): Tool<z.infer<typeof input>, Json> {
  let runner: ScriptRunner | undefined;
  return {
    name: 'script.js',
    description:
      'Runs the body of a JavaScript function of `args` and gives what it returns, which must be JSON. It has no file system, no network and no timers; `console.log` shows progress.',
    input,
    output: anyJson,
    effect: 'read',
    returns: [],
    idempotent: false,
    async run({ code, args }, context) {
      const { createScriptRunner } = await import('./script-runner.ts');
      runner ??= createScriptRunner(clock);
      return runner({
        code,
        args: args ?? {},
        limits,
        signal: context.signal,
        log: (line) => context.progress(line),
      });
    },
  };
}
