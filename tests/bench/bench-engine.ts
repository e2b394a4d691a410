/** The engine as benchmarks run it: real store on disk, real worker, one tool that does nothing. */
import { newRunId } from '@telos/api/runs';
import { anyJson, fold } from '@telos/core';
import type { AnyTool, Json, Models, NewRun, RunId, RunState, Store } from '@telos/core';
import { boundMemory, isProcessGone, ownerOfThisProcess, systemClock } from '@telos/driver-local';
import { startWorker } from '@telos/executor';
import { compile, link, loadProgram } from '@telos/language';
import { agentTurnTool } from '@telos/tools';
import { z } from 'zod';
import { openBenchShared } from './bench-shared.ts';
import { openBenchStore } from './bench-store.ts';

const Outputs = z.object({ seen: z.number() });

export type NoOp = (run: string, index: number) => Json | Promise<Json>;

/** `agent`: n turns of a model with one call each, and the turn that answers. */
export type Shape = 'chain' | 'fan' | 'agent';

export interface BenchEngine {
  /** Stores a run of the chain or fan-out of `n` steps, or of an agent of `n` turns, and gives its id. */
  begin(shape: Shape, name: string, n: number): Promise<RunId>;
  /** The number of step outputs that the finished run saw. */
  finish(run: RunId): Promise<number>;
  /** Ids of all runs in the store, by the name they were begun with. */
  runs(): Promise<ReadonlyMap<string, RunId>>;
  stop(): Promise<void>;
}

export type BenchEngineOptions = {
  readonly dir: string;
  /** Of SQLite. */
  readonly durability: 'full' | 'normal';
  /** A PostgreSQL to use instead of SQLite. */
  readonly databaseUrl?: string;
  /** A queue that processes share, to use instead of one in this process. */
  readonly queueUrl?: string;
  readonly step: NoOp;
  /** Who takes the turns of agents. */
  readonly models?: Models;
  readonly leaseMs?: number;
};

export async function openBenchEngine({
  dir,
  durability,
  databaseUrl,
  queueUrl,
  step,
  models,
  leaseMs = 15_000,
}: BenchEngineOptions): Promise<BenchEngine> {
  boundMemory();
  const store = await openBenchStore(dir, durability, databaseUrl);
  const noop: AnyTool = {
    name: 'noop',
    description: 'Does nothing.',
    input: z.object({ run: z.string(), i: z.number() }),
    output: anyJson,
    effect: 'read',
    returns: [],
    idempotent: false,
    run: async (input: { readonly run: string; readonly i: number }) => step(input.run, input.i),
  };
  const tools = new Map([[noop.name, noop]]);
  const turn = models === undefined ? undefined : agentTurnTool(models, tools, systemClock);
  const { queue, live, elsewhere, close } = await openBenchShared(queueUrl);
  const waiting = new Map<RunId, (state: RunState) => void>();
  const early = new Map<RunId, RunState>();
  function onEnd(state: RunState): void {
    const waits = waiting.get(state.id);
    waiting.delete(state.id);
    if (waits === undefined) early.set(state.id, state);
    else waits(state);
  }
  const worker = startWorker(
    {
      store,
      queue,
      clock: systemClock,
      live,
      elsewhere,
      tools: turn === undefined ? tools : new Map<string, AnyTool>([...tools, [turn.name, turn]]),
      checks: new Map(),
      language: { link, loadProgram },
      secret: () => undefined,
      random: Math.random,
      isGone: isProcessGone,
      report: ({ message }) => process.stderr.write(`${message}\n`),
    },
    { owner: ownerOfThisProcess(), concurrency: 200, runs: 1000, leaseMs, onEnd },
  );
  const programs = new Map<string, Promise<string>>();

  function programOf(shape: Shape, n: number): Promise<string> {
    const key = `${shape}${n}`;
    const known = programs.get(key) ?? compileAndStore(store, tools, sources[shape](n));
    programs.set(key, known);
    return known;
  }

  return {
    async begin(shape, name, n) {
      const program = await programOf(shape, n);
      const at = Date.now();
      const id = newRunId(at);
      const run: NewRun = {
        id,
        created: { type: 'run.created', at, workflow: shape, program, inputs: { value: { run: name } }, tags: [name] },
      };
      const { lease } = await (worker.take(run) ?? store.journal.create(run));
      if (lease === undefined) await queue.offer([{ kind: 'run', queue: 'default', run: id }]);
      return id;
    },
    async finish(run) {
      const known = early.get(run);
      early.delete(run);
      const state = known ?? (await new Promise<RunState>((resolve) => waiting.set(run, resolve)));
      if (state.phase.status !== 'succeeded' || !('value' in state.phase.outputs))
        throw new Error(JSON.stringify(state.phase));
      return Outputs.parse(state.phase.outputs.value).seen;
    },
    async runs() {
      const found = new Map<string, RunId>();
      let cursor: string | undefined;
      do {
        const page = await store.runs.list({}, 200, cursor);
        for (const { id, tags, endedAt } of page.items) {
          if (tags[0] !== undefined) found.set(tags[0], id);
          // No worker of this process will tell of one that ended before it began.
          const ended = endedAt === undefined ? undefined : await fold(store.journal.read(id));
          if (ended !== undefined) early.set(id, ended);
        }
        cursor = page.next;
      } while (cursor !== undefined);
      return found;
    },
    async stop() {
      await worker.stop();
      await close();
      await store.close();
    },
  };
}

async function compileAndStore(store: Store, tools: ReadonlyMap<string, AnyTool>, source: string): Promise<string> {
  const result = compile(source, { catalog: { tools, checks: new Map() } });
  if (!result.ok) throw new Error(JSON.stringify(result.faults.slice(0, 3)));
  const { program, hash } = result.compiled;
  await store.programs.put({ hash, id: program.id, program, storedAt: Date.now() });
  return hash;
}

/** n steps in sequence; the run's output counts them by the last one's index. */
export function chainOf(n: number): string {
  const steps = Array.from(
    { length: n },
    (_, i) => `  - { id: s${i}, uses: noop, with: { run: "\${{ inputs.run }}", i: ${i} } }`,
  );
  return `telos: 1\nid: chain\ninputs: { run: string }\nsteps:\n${steps.join('\n')}\noutputs: { seen: "\${{ steps.s${n - 1}.output.i + 1 }}" }\n`;
}

/** n parallel steps and a join that counts their outputs. */
export function fanOf(n: number): string {
  return `telos: 1
id: fan
inputs: { run: string }
vars: { list: [${Array.from({ length: n }, (_, i) => i).join(', ')}] }
steps:
  - id: all
    foreach: "\${{ vars.list }}"
    as: i
    max_parallel: ${n}
    steps: [{ id: one, uses: noop, with: { run: "\${{ inputs.run }}", i: "\${{ i }}" } }]
outputs: { seen: "\${{ size(steps.all.output) }}" }
`;
}

/** An agent that has the no-op for a tool; what it answers is the run's output. */
export function agentOf(n: number): string {
  return `telos: 1
id: agent
inputs: { run: string }
steps:
  - { id: ask, agent: { model: openai/scripted, tools: [noop], input: "\${{ inputs.run }}", max_turns: ${n + 1} } }
outputs: { seen: "\${{ int(steps.ask.output.text) }}" }
`;
}

const sources: { readonly [S in Shape]: (n: number) => string } = { chain: chainOf, fan: fanOf, agent: agentOf };
