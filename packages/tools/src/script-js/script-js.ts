import { anyJson } from '@telos/core';
import type { Clock, Json, Tool } from '@telos/core';
import { z } from 'zod';
import type { ScriptLimits, ScriptRunner } from './script-runner.ts';

const input = z.strictObject({
  code: z.string().min(1).max(200_000).describe('The body of a function of `args`; ends with `return`.'),
  args: anyJson.exactOptional().describe('What the script sees as `args`; {} when absent.'),
  cpu_ms: z
    .int()
    .min(1)
    .max(60_000)
    .exactOptional()
    .describe('Processor time that it may take, in milliseconds; 1,000 when absent.'),
  memory_mb: z
    .int()
    .min(8)
    .max(1024)
    .exactOptional()
    .describe('Memory that it may take, in megabytes; 64 when absent.'),
});

/** Of a script on a busy machine: it may wait this many times as long as it may compute, and no less than ten seconds. */
const wallPerCpu = 3;
const defaultLimits: ScriptLimits = { memoryMb: 64, cpuMs: 1000, wallMs: 10_000 };

/** Runs JavaScript in an isolate of its own, in a process beside this one: no file system, no network, no timers, nothing left behind for the next call. */
export function scriptJsTool(clock: Clock, limits: ScriptLimits = defaultLimits): Tool<z.infer<typeof input>, Json> {
  let runner: ScriptRunner | undefined;
  return {
    name: 'script.js',
    description:
      'Runs the body of a JavaScript function of `args` and gives what it returns, which must be JSON. It has no file system, no network and no timers, 1 s of processor time and 64 MB unless it is given more; `console.log` shows progress.',
    input,
    output: anyJson,
    effect: 'read',
    returns: [],
    idempotent: false,
    spendsNothing: true,
    async run({ code, args, cpu_ms: cpuMs = limits.cpuMs, memory_mb: memoryMb = limits.memoryMb }, context) {
      const { createScriptRunner } = await import('./script-runner.ts');
      runner ??= createScriptRunner(clock);
      return runner({
        code,
        args: args ?? {},
        limits: { cpuMs, memoryMb, wallMs: Math.max(limits.wallMs, wallPerCpu * cpuMs) },
        signal: context.signal,
        log: (line) => context.progress(line),
      });
    },
  };
}
