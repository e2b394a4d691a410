import { anyJson, TelosError } from '@telos/core';
import type { Clock, Json, Tool } from '@telos/core';
import { z } from 'zod';
import type { ScriptLimits } from './run-script.ts';

const input = z.strictObject({
  code: z.string().min(1).max(200_000).describe('The body of a function of `args`; ends with `return`.'),
  args: anyJson.exactOptional().describe('What the script sees as `args`; {} when absent.'),
});

const defaultLimits: ScriptLimits = { memoryMb: 64, cpuMs: 1000, wallMs: 10_000 };

/** Of lists and objects in a result. */
const maxDepth = 200;

/** Runs JavaScript in an isolate of its own: no file system, no network, no timers, nothing left behind for the next call. */
export function scriptJsTool(clock: Clock, limits: ScriptLimits = defaultLimits): Tool<z.infer<typeof input>, Json> {
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
      const { runScript } = await import('./run-script.ts');
      const returned = await runScript(code, args ?? {}, {
        limits,
        clock,
        signal: context.signal,
        log: (line) => context.progress(line),
      });
      if (returned === undefined) {
        throw new TelosError('SCRIPT_FAILED', 'The script returned nothing', {
          next: 'End it with `return`; give null where there is no value.',
        });
      }
      return jsonOf(returned, 'result');
    },
  };
}

/** The value as JSON: undefined fields are left out, anything else that JSON cannot hold is refused with its place. */
function jsonOf(value: unknown, path: string, depth = 0): Json {
  if (depth > maxDepth) {
    throw new TelosError(
      'SCRIPT_FAILED',
      `The script returned what contains itself or nests more than ${maxDepth} deep`,
    );
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => jsonOf(item, `${path}[${index}]`, depth + 1));
  if (typeof value === 'object' && isPlain(value)) {
    const fields: { [key: string]: Json } = Object.create(null);
    for (const [key, field] of Object.entries(value)) {
      if (field !== undefined) fields[key] = jsonOf(field, `${path}.${key}`, depth + 1);
    }
    return { ...fields };
  }
  const what =
    typeof value === 'object' ? value.constructor.name : typeof value === 'number' ? String(value) : typeof value;
  throw new TelosError('SCRIPT_FAILED', `The script returned what is not JSON: ${path} is ${what}`, {
    next: 'Return only null, booleans, finite numbers, strings, lists and plain objects.',
  });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
