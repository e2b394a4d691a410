/**
 * A process that works on a store until it is killed.
 *
 *   node --conditions=source mortal-worker.ts <store address> <queue address> <log file>
 *
 * Each call of a tool is a line in the log, `<run> <path> <key>`, written before
 * anything else: what has happened is known even of a process that died in it.
 * Says `ready` when it has begun to look for runs. A call that finds the file
 * `<log file>.trap` takes it away, says `caught`, and does not end.
 */
import { appendFileSync, unlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { AnyTool, Effect, Json, JsonObject } from '@telos/core';
import { createLocalLive, isProcessGone, ownerOfThisProcess, systemClock } from '@telos/driver-local';
import { startWorker } from '@telos/executor';
import { link, loadProgram } from '@telos/language';
import { z } from 'zod';
import { openQueueAt } from './queues.ts';
import { openStoreAt } from './stores.ts';

const [address = '', bell = '', log = ''] = process.argv.slice(2);

function isTrapped(): boolean {
  try {
    unlinkSync(`${log}.trap`);
  } catch {
    return false;
  }
  process.stdout.write('caught\n');
  return true;
}

function tool(name: string, effect: Effect, act: (input: JsonObject) => Json): [string, AnyTool] {
  const run: AnyTool['run'] = async (input: JsonObject, { run, path, idempotencyKey }) => {
    appendFileSync(log, `${run} ${path} ${idempotencyKey}\n`);
    if (isTrapped()) await new Promise(() => {});
    await delay(2 + Math.random() * 15);
    return act(input);
  };
  const description = 'A tool that leaves a line in the log.';
  return [name, { name, description, input: z.any(), output: z.json(), effect, returns: [], idempotent: true, run }];
}

const store = await openStoreAt(address);
startWorker(
  {
    store,
    queue: openQueueAt(bell),
    elsewhere: bell !== 'local:',
    live: createLocalLive(),
    clock: systemClock,
    tools: new Map([
      tool('double', 'read', ({ v }) => Number(v) * 2),
      tool('large', 'read', ({ v }) => ({ v: v ?? null, pad: 'x'.repeat(6000) })),
      tool('send', 'irreversible', () => 'sent'),
      tool('post', 'write', () => 'posted'),
      tool('sum', 'read', ({ list }) =>
        Array.isArray(list) ? list.reduce<number>((sum, entry: { readonly v: number }) => sum + entry.v, 0) : null,
      ),
    ]),
    checks: new Map(),
    language: { link, loadProgram },
    secret: () => undefined,
    random: Math.random,
    isGone: isProcessGone,
    report: ({ message }) => void process.stderr.write(`${message}\n`),
  },
  { owner: ownerOfThisProcess(), concurrency: 8, leaseMs: 600 },
);
process.stdout.write('ready\n');
// Sleeps of the clock hold no process open.
setInterval(() => {}, 60_000);
