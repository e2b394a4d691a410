/**
 *   pnpm eval:planner [--rounds 2] [--only text] [--json]
 *
 * The objectives of this folder, planned by the model that is set (OPENAI_BASE_URL, OPENAI_API_KEY or OLLAMA_HOST) and run by
 * `telos plan --approve` in a world of their own. One line each: whether the result holds what the objective asks for,
 * what the run itself says of it, what it cost and how long it took; then the shares. Without a model it says so and
 * ends with 2, having tried nothing. Ends with 1 when a run broke off that should have ended.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { isReached } from './goal.ts';
import type { Goal } from './goal.ts';
import { goals } from './goals.ts';
import { openWorld } from './world.ts';
import type { World } from './world.ts';

const telos = join(import.meta.dirname, '../../packages/cli/bin/telos.js');
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    only: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});

/** The last line of `telos plan --approve --json`. */
const Result = z.object({
  type: z.literal('result'),
  status: z.string(),
  outputs: z.object({ result: z.json(), outcome: z.string() }).optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  usage: z.object({ input_tokens: z.number(), output_tokens: z.number(), usd: z.number(), calls: z.number() }),
  ms: z.number(),
  models: z.array(z.string()),
});

type Tried = {
  readonly objective: string;
  readonly reached: boolean;
  /** What the run says of its objectives, or why it has no result. */
  readonly said: string;
  readonly tokens: number;
  readonly usd: number;
  readonly ms: number;
  readonly models: readonly string[];
};

process.exitCode = await main();

async function main(): Promise<number> {
  const { OPENAI_BASE_URL, OPENAI_API_KEY, OLLAMA_HOST } = process.env;
  if ([OPENAI_BASE_URL, OPENAI_API_KEY, OLLAMA_HOST].every((setting) => setting === undefined || setting === '')) {
    console.error(
      'No model is set, so nothing was tried: the planner without a model knows a few rules, and this measures models. Set OPENAI_BASE_URL, OPENAI_API_KEY or OLLAMA_HOST.',
    );
    return 2;
  }
  const world = await openWorld();
  const tried: Tried[] = [];
  try {
    for (const goal of goals.filter(({ objective }) => objective.includes(values.only))) {
      const one = await attempt(goal, world);
      tried.push(one);
      console.log(values.json ? JSON.stringify(one) : lineOf(one));
    }
  } finally {
    await world.close();
  }
  const reached = tried.filter((one) => one.reached).length;
  // It says that it has reached what it has not, or the other way round.
  const misjudged = tried.filter((one) => (one.said === 'achieved') !== one.reached).length;
  const sum = (of: (one: Tried) => number): number => tried.reduce((all, one) => all + of(one), 0);
  const models = [...new Set(tried.flatMap((one) => one.models))].join(', ');
  const share = {
    reached,
    of: tried.length,
    misjudged,
    tokens: sum((one) => one.tokens),
    usd: sum((one) => one.usd),
    ms: sum((one) => one.ms),
    models,
  };
  console.log(
    values.json
      ? JSON.stringify(share)
      : `${reached} of ${tried.length} reached, ${misjudged} misjudged by its own criteria; ${share.tokens} tokens, $${share.usd.toFixed(4)}, ${Math.round(share.ms / 1000)} s; ${models}`,
  );
  return tried.some(({ said }) => said.startsWith('broke off')) ? 1 : 0;
}

async function attempt(goal: Goal, world: World): Promise<Tried> {
  const objective = goal.objective.replaceAll('[[http]]', world.http);
  const last = await planned(objective, world);
  const read = Result.safeParse(last);
  if (!read.success)
    return { objective, reached: false, said: 'broke off: no result', tokens: 0, usd: 0, ms: 0, models: [] };
  const { outputs, error, usage, ms, models } = read.data;
  const said = outputs?.outcome ?? error?.code ?? 'nothing';
  const tokens = usage.input_tokens + usage.output_tokens;
  return { objective, reached: isReached(goal, outputs?.result), said, tokens, usd: usage.usd, ms, models };
}

/** Runs the command in the world; gives the last line of what it printed. */
function planned(objective: string, world: World): Promise<unknown> {
  const words = [
    'plan',
    objective,
    '--approve',
    '--rounds',
    values.rounds,
    '--budget',
    'tokens=200k,wall=10m',
    '--json',
  ];
  const child = spawn(process.execPath, [telos, ...words], {
    cwd: world.folder,
    env: { ...process.env, TELOS_ALLOWED_HOSTS: new URL(world.http).host },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((ended) => {
    child.on('close', () => ended(readJson(text.trim().split('\n').at(-1) ?? '')));
  });
}

function readJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function lineOf({ objective, reached, said, tokens, usd, ms }: Tried): string {
  return `${reached ? '✓' : '✗'} ${said.padEnd(14)} ${String(tokens).padStart(7)} tokens  $${usd.toFixed(4)}  ${(ms / 1000).toFixed(1).padStart(6)} s  ${objective}`;
}
