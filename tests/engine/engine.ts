/**
 * An engine for tests: real store, real queue, real compiler and executor; tools
 * and checks are what the test says, and time stands still until it is moved.
 */
import { judgeInput, newRunId } from '@telos/api/runs';
import { createVaults, fold } from '@telos/core';
import type {
  AnyCheck,
  AnyTool,
  EventOf,
  Hash,
  Json,
  JsonObject,
  Live,
  Models,
  NewRun,
  Planner,
  Program,
  Queue,
  Recorded,
  RunEvent,
  RunId,
  RunState,
  Servers,
  Store,
  ToolContext,
  Vaults,
} from '@telos/core';
import { createLocalLive } from '@telos/driver-local';
import { startWorker } from '@telos/executor';
import type { Problem, Worker } from '@telos/executor';
import { compile, link, loadProgram } from '@telos/language';
import { createFakeClock } from '@telos/testkit';
import { createEngines } from '@telos/engines';
import { agentTurnTool } from '@telos/tools';
import type { FakeClock } from '@telos/testkit';
import { z } from 'zod';
import { createBells } from './bells.ts';
import type { Bells } from './bells.ts';
import { openTestStore } from './stores.ts';
import { createStoreWatch } from './watched-store.ts';

export type Act = (input: JsonObject, context: ToolContext) => Json | Promise<Json>;

export type EngineOptions = {
  /** Tools by name; each is given its input and its context. */
  readonly tools?: { readonly [name: string]: Act | Partial<AnyTool> };
  /** Checks by name; a function is one that takes any parameters. */
  readonly checks?: { readonly [name: string]: AnyCheck['score'] | AnyCheck };
  /** Servers whose tools workflows name. */
  readonly servers?: Servers;
  readonly planner?: Planner;
  /** Who takes the turns of agents. */
  readonly models?: Models;
  readonly secrets?: { readonly [name: string]: string };
  readonly concurrency?: number;
  /** Runs that the worker owns at a time. */
  readonly runs?: number;
  /** Whether the worker looks for runs that nobody owns; default true. */
  readonly recover?: boolean;
  /** An open store and a clock, to go on where another engine stopped. */
  readonly store?: Store;
  readonly clock?: FakeClock;
  /** How far off the worker's clock is from that of the store. */
  readonly skewMs?: number;
  readonly owner?: string;
  /** Where its queue meets those of other workers, to which steps are offered that find no slot. By default it meets none in the process. */
  readonly bells?: Bells;
  /** Its queue, when it is to be a certain one, which others serve too; the test closes it. */
  readonly queue?: Queue;
  /** Queues that the worker serves; default `default`. */
  readonly queues?: readonly string[];
  readonly isGone?: (owner: string) => boolean;
  /** What placeholders of runs stand for, to look at them; default its own. */
  readonly vaults?: Vaults;
  /** Told when a run that the worker owned has ended. */
  readonly onEnd?: (state: RunState) => void;
  /** Hosts that may have private data; default `models`. */
  readonly privateHosts?: readonly string[];
};

/** What a run is created with besides its inputs. */
export type Starting = {
  readonly created?: Partial<EventOf<'run.created'>>;
  /** What a fork brings with it. */
  readonly events?: readonly RunEvent[];
  /** Whether to ring the queue for it; default true. Else a worker finds it by looking for runs that nobody owns. */
  readonly rung?: boolean;
  /** Whether it comes through this worker, which takes it up at once when it has room; default false. */
  readonly here?: boolean;
  readonly idempotency?: NewRun['idempotency'];
};

export interface Engine {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly live: Live;
  readonly worker: Worker;
  readonly problems: readonly Problem[];
  /** Stores a program and a run of it, and rings the queue. Workflows that it runs as steps are pinned as they are published. */
  start(yaml: string, inputs?: JsonObject, more?: Starting): Promise<RunId>;
  /** Compiles and stores a workflow under its id. */
  publish(yaml: string): Promise<Hash>;
  /** Offers the run to the queue once more. */
  ring(run: RunId): Promise<void>;
  /** The run's state once it has ended. */
  ended(run: RunId): Promise<RunState>;
  /** Starts a run and waits for its end. */
  run(yaml: string, inputs?: JsonObject): Promise<RunState>;
  /** Resolves when the run's journal has an event that fits, with that event. */
  until(run: RunId, fits: (event: RunEvent) => boolean): Promise<RunEvent>;
  events(run: RunId): Promise<readonly RunEvent[]>;
  /** Its worker is dead to the queue, and is handed nothing more: for a test in which its process has died or stands still. */
  die(): void;
  /** Starts another worker on the same store, as another process would. */
  another(options?: EngineOptions): Promise<Engine>;
  close(): Promise<void>;
}

export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const calls = createStoreWatch();
  const bells = options.bells ?? createBells();
  const settled = async (): Promise<void> => {
    do await calls.idle();
    while (await bells.heard());
  };
  const clock = options.clock ?? createFakeClock();
  // Another engine meets the first one's queues, and its store calls are seen by that one.
  const stopWaiting = options.bells !== undefined && options.clock !== undefined ? undefined : clock.waitFor(settled);
  const store = options.store ?? calls.watch(await openTestStore(clock));
  const tools = new Map(Object.entries(options.tools ?? {}).map(([name, act]) => [name, toolOf(name, act)]));
  const checks = new Map(Object.entries(options.checks ?? {}).map(([name, score]) => [name, checkOf(name, score)]));
  const turn = options.models === undefined ? undefined : agentTurnTool(options.models, tools, clock, createEngines());
  const servers = options.servers === undefined ? {} : { servers: options.servers };
  const bell = bells.open();
  const queue = options.queue ?? bell;
  const live = createLocalLive();
  const problems: Problem[] = [];
  const vaults = options.vaults ?? createVaults();
  const worker = startWorker(
    {
      store,
      queue,
      elsewhere: options.queue !== undefined || bells.areShared,
      clock: { ...clock, now: () => clock.now() + (options.skewMs ?? 0) },
      live,
      tools: turn === undefined ? tools : new Map<string, AnyTool>([...tools, [turn.name, turn]]),
      checks,
      vaults,
      ...servers,
      ...(options.planner === undefined ? {} : { planner: options.planner }),
      language: { link: (program) => link(program, { now: () => clock.now() }), loadProgram },
      secret: (name) => options.secrets?.[name],
      random: () => 0.5,
      ...(options.privateHosts === undefined ? {} : { privateHosts: options.privateHosts }),
      ...(options.isGone === undefined ? {} : { isGone: options.isGone }),
      report: (problem) => void problems.push(problem),
    },
    {
      owner: options.owner ?? 'test-worker',
      concurrency: options.concurrency ?? 50,
      leaseMs: 15_000,
      ...(options.runs === undefined ? {} : { runs: options.runs }),
      ...(options.queues === undefined ? {} : { queues: options.queues }),
      ...(options.onEnd === undefined ? {} : { onEnd: options.onEnd }),
      recover: options.recover ?? true,
    },
  );

  async function keep(yaml: string): Promise<{ readonly program: Program; readonly hash: Hash }> {
    const result = compile(yaml, { catalog: { tools, checks, ...servers } });
    if (!result.ok)
      throw new Error(
        result.faults.map((fault) => `${fault.line}:${fault.column} ${fault.code} ${fault.message}`).join('\n'),
      );
    const { program, hash } = result.compiled;
    await store.programs.put({ hash, id: program.id, program, source: yaml, storedAt: clock.now() });
    return { program, hash };
  }

  /** Hashes of the workflows that a program runs as steps, and of those that these run. */
  async function pinned(program: Program): Promise<Record<string, Hash>> {
    const pins: Record<string, Hash> = {};
    const pin = async (ids: readonly string[]): Promise<void> => {
      for (const id of ids) {
        const [current] = await store.programs.versions(id);
        if (current === undefined || id in pins) continue;
        pins[id] = current.hash;
        await pin(loadProgram(current.program, current.hash).requires.workflows ?? []);
      }
    };
    await pin(program.requires.workflows ?? []);
    return pins;
  }

  const engine: Engine = {
    store,
    clock,
    live,
    worker,
    problems,
    async start(yaml, inputs = {}, { created, events, rung = true, here = false, idempotency } = {}) {
      const { program, hash } = await keep(yaml);
      const id = newRunId(clock.now());
      const workflows = await pinned(program);
      const linked = link(program);
      const at = { run: id, at: clock.now(), turn: {} };
      // As the door does that lets a run in.
      const judged = await judgeInput(
        { checks, vaults, clock, privateHosts: options.privateHosts },
        linked,
        linked.inputs(inputs),
        at,
      );
      const more = [...judged.events, ...(events ?? [])];
      const run: NewRun = {
        id,
        created: {
          type: 'run.created',
          at: clock.now(),
          workflow: program.id,
          program: hash,
          inputs: { value: judged.inputs },
          ...(Object.keys(workflows).length === 0 ? {} : { workflows }),
          ...created,
        },
        ...(more.length === 0 ? {} : { more }),
        ...(idempotency === undefined ? {} : { idempotency }),
      };
      const stored = await ((here ? worker.take(run) : undefined) ?? store.journal.create(run));
      if (rung && stored.lease === undefined) {
        const turns = await store.runs.turns([stored.run]);
        await queue.offer([{ kind: 'run', queue: 'default', run: stored.run, ...turns.get(stored.run) }]);
      }
      return stored.run;
    },
    async publish(yaml) {
      const { program, hash } = await keep(yaml);
      await store.programs.publish(program.id, hash, clock.now());
      return hash;
    },
    ring: (run) => queue.offer([{ kind: 'run', queue: 'default', run }]),
    async ended(run) {
      await engine.until(run, (event) => ['run.succeeded', 'run.failed', 'run.cancelled'].includes(event.type));
      const state = await fold(store.journal.read(run));
      if (state === undefined) throw new Error(`No run ${run}`);
      return state;
    },
    run: async (yaml, inputs) => engine.ended(await engine.start(yaml, inputs)),
    async until(run, fits) {
      for await (const { event } of store.journal.follow(run, 0, new AbortController().signal))
        if (fits(event)) return event;
      throw new Error(
        `Run ${run} ended without the event; it has:\n${(await engine.events(run)).map((event) => JSON.stringify(event)).join('\n')}`,
      );
    },
    async events(run) {
      const events: Recorded[] = [];
      for await (const recorded of store.journal.read(run)) events.push(recorded);
      return events.map(({ event }) => event);
    },
    die: () => bell.die(),
    another: (more = {}) =>
      openEngine({ ...options, ...more, store, clock, bells, owner: more.owner ?? 'another-worker' }),
    async close() {
      await worker.stop();
      await bell.close();
      if (options.store === undefined) await store.close();
      if (options.bells === undefined) await bells.remove();
      stopWaiting?.();
    },
  };
  return engine;
}

/** The value a finished run or step gave, small enough to be inline. */
export function outputsOf(state: RunState): Json {
  if (state.phase.status !== 'succeeded')
    throw new Error(`The run is ${state.phase.status}: ${JSON.stringify(state.phase)}`);
  if (!('value' in state.phase.outputs)) throw new Error('The outputs are in a blob.');
  return state.phase.outputs.value;
}

/** Something a test can wait for and let happen. */
export function createLatch(): { readonly reached: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { reached: promise, open: () => resolve() };
}

/** Waits until a signal aborts; gives its reason by throwing it. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}

export function toolOf(name: string, act: Act | Partial<AnyTool>): AnyTool {
  const given: Partial<AnyTool> =
    typeof act === 'function' ? { run: async (input: JsonObject, context) => act(input, context) } : act;
  return {
    name,
    description: 'A tool of the test.',
    input: z.record(z.string(), z.json()),
    output: z.json(),
    effect: 'read',
    returns: [],
    idempotent: false,
    run: () => Promise.resolve(null),
    ...given,
  };
}

function checkOf(name: string, given: AnyCheck['score'] | AnyCheck): AnyCheck {
  if (typeof given !== 'function') return given;
  const score = given;
  return { name, description: 'A check of the test.', params: z.record(z.string(), z.json()), needs: 'local', score };
}
