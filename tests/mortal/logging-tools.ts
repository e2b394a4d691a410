/**
 * Tools that leave a line in a log, `<run> <path> <tool> <key>`, before anything
 * else: what has happened is known even of a process that died in it.
 */
import { appendFileSync, readFileSync, unlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyTool, Effect, Json, JsonObject, RunId, ToolContext } from '@telos/core';
import { z } from 'zod';

/**
 * @param log Absent: nothing is logged, and nothing takes time. A call that finds the file `<log>.trap` takes it away,
 *   says `caught` on standard output, and does not end.
 */
export function loggingTools(log?: string): ReadonlyMap<string, AnyTool> {
  function tool(
    name: string,
    effect: Effect,
    act: (input: JsonObject, context: ToolContext) => Json,
  ): [string, AnyTool] {
    const run: AnyTool['run'] = async (input: JsonObject, context) => {
      if (log !== undefined) {
        appendFileSync(log, `${context.run} ${context.path} ${name} ${context.idempotencyKey}\n`);
        if (isTrapped(log)) await new Promise(() => {});
        await delay(1 + Math.random() * 15);
      }
      return act(input, context);
    };
    const description = 'A tool that leaves a line in the log.';
    return [
      name,
      { name, description, input: z.any(), output: z.json(), effect, returns: [], idempotent: effect === 'write', run },
    ];
  }
  return new Map([
    tool('double', 'read', ({ v }) => Number(v) * 2),
    tool('add', 'read', ({ v, by }) => Number(v) + Number(by)),
    tool('large', 'read', ({ v }) => ({ v: v ?? null, pad: 'x'.repeat(6000) })),
    tool('sum', 'read', ({ list }) =>
      Array.isArray(list) ? list.reduce<number>((sum, entry: { readonly v: number }) => sum + entry.v, 0) : null,
    ),
    tool('flaky', 'read', ({ n }, { attempt }) => {
      if (attempt <= Number(n)) throw new Error(`attempt ${attempt} fails`);
      return 'at last';
    }),
    tool('send', 'irreversible', ({ to }) => `sent to ${String(to)}`),
    tool('post', 'write', ({ v }) => `posted ${String(v)}`),
  ]);
}

function isTrapped(log: string): boolean {
  try {
    unlinkSync(`${log}.trap`);
  } catch {
    return false;
  }
  process.stdout.write('caught\n');
  return true;
}

export type LoggedCall = { readonly run: RunId; readonly path: string; readonly tool: string; readonly key: string };

/** Every call so far, oldest first. */
export function callsIn(log: string): readonly LoggedCall[] {
  return readFileSync(log, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [run = '', path = '', tool = '', key = ''] = line.split(' ');
      return { run, path, tool, key };
    });
}
