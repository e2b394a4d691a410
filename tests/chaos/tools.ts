/** Tools of chaos runs. Each call is a line in the log before anything else: what has happened is known even of a process that died in it. */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyTool, Effect, Json, JsonObject, ToolContext } from '@telos/core';
import { z } from 'zod';

/** @param log Absent: nothing is logged, and nothing takes time. */
export function chaosTools(log?: string): ReadonlyMap<string, AnyTool> {
  function tool(
    name: string,
    effect: Effect,
    act: (input: JsonObject, context: ToolContext) => Json,
  ): [string, AnyTool] {
    const run: AnyTool['run'] = async (input: JsonObject, context) => {
      if (log !== undefined) {
        appendFileSync(log, `${context.run} ${context.path} ${name} ${context.idempotencyKey}\n`);
        await delay(1 + Math.random() * 20);
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
    tool('flaky', 'read', ({ n }, { attempt }) => {
      if (attempt <= Number(n)) throw new Error(`attempt ${attempt} fails`);
      return 'at last';
    }),
    tool('send', 'irreversible', ({ to }) => `sent to ${String(to)}`),
    tool('post', 'write', ({ v }) => `posted ${String(v)}`),
  ]);
}
