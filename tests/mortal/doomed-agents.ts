/**
 * A process that carries out runs of agents, and holds each of them where it is told to.
 *
 *   node --conditions=source doomed-agents.ts '<MortalSettings as JSON>'
 *
 * Says `ready` when it can be told; each word is one JSON object on a line:
 *   { "hold": { run: n }, "serve": [run] }   takes these runs and looks for others from now on; holds each of those
 *                                           that are named at its nth moment, and says `held <run>`
 *
 * The moments of a run: its events are stored, its model is asked, the call of a
 * tool is made and not answered.
 */
import { createInterface } from 'node:readline';
import type { AnyTool, ChatMessage, JsonObject, Models, RunId } from '@telos/core';
import { noUsage } from '@telos/core';
import { systemClock } from '@telos/driver-local';
import { createEngines } from '@telos/engines';
import { agentTurnTool } from '@telos/tools';
import { openTouches, startMortal } from './start-mortal.ts';
import type { MortalSettings } from './start-mortal.ts';

export type ToldAgents = { readonly hold: { readonly [run: RunId]: number }; readonly serve: readonly RunId[] };

// Written by `createCrew`, of the same version.
const settings = JSON.parse(process.argv[2] ?? '') as MortalSettings;
const { store, queue, tools } = await openTouches(settings);
const moments = new Map<RunId, number>();
let held: ToldAgents['hold'] = {};

/** Never resolves for a run that is held here. */
async function moment(run: RunId): Promise<void> {
  const count = (moments.get(run) ?? 0) + 1;
  moments.set(run, count);
  if (count !== held[run]) return;
  process.stdout.write(`held ${run}\n`);
  await new Promise(() => {});
}

/** What it says follows from what it has been told, whoever asks it again: two calls side by side, an effect, a last look, the answer. */
const script: readonly (readonly [tool: string, input: JsonObject])[][] = [
  [
    ['double', { v: 2 }],
    ['add', { v: 1, by: 2 }],
  ],
  [],
  [['send', { to: 'call_1' }]],
  [['double', { v: 4 }]],
];

function reply(messages: readonly ChatMessage[]) {
  const results = messages.filter(({ role }) => role === 'tool').length;
  const toolCalls = (script[results] ?? []).map(([name, input], index) => ({ id: `c${index}`, name, input }));
  const finish = toolCalls.length === 0 ? ('stop' as const) : ('tool_calls' as const);
  return { model: 'a/steady', text: `After ${results}.`, toolCalls, finish, usage: noUsage };
}

const steady: Models = {
  generate: ({ messages }) => Promise.resolve(reply(messages)),
  estimate: () => Promise.resolve(noUsage),
  embed: () => Promise.resolve(undefined),
  problem: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
};

/** A moment before what it answers is known to anybody; of a tool with a log, after its line is there. */
function holding(tool: AnyTool): AnyTool {
  return {
    ...tool,
    async run(input, context) {
      const answer = tool.run(input, context);
      await moment(context.run);
      return answer;
    },
  };
}

const turn = agentTurnTool(steady, tools, systemClock, createEngines());
const touches = {
  store: {
    ...store,
    journal: {
      ...store.journal,
      async append(...given: Parameters<typeof store.journal.append>) {
        const stored = await store.journal.append(...given);
        await moment(given[0].run);
        return stored;
      },
    },
  },
  queue,
  tools: new Map([...tools, [turn.name, turn] as const].map(([name, tool]) => [name, holding(tool)])),
};

process.stdout.write('ready\n');
for await (const line of createInterface(process.stdin)) {
  // Written by the test, of the same version.
  const told = JSON.parse(line) as ToldAgents;
  held = told.hold;
  startMortal(touches, settings);
  await queue.offer(told.serve.map((run) => ({ kind: 'run', queue: 'default', run })));
}
