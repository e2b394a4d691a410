/** A whole engine in this process: store, queue, catalogue, and a worker when one is wanted. */
import type { TraceExporter } from '@telos/api/otlp';
import { createVaults } from '@telos/core';
import type { AnyTool, Created, Live, NewRun, Queue, Store, Vaults } from '@telos/core';
import { boundMemory, isProcessGone, ownerOfThisProcess, systemClock } from '@telos/driver-local';
import { createEngineMetrics, startWorker, watchJournal } from '@telos/executor';
import type { JournalWatcher, Problem, Worker, WorkerOptions } from '@telos/executor';
import { link, loadProgram } from '@telos/language';
import { createPlanner } from '@telos/planner';
import type { DraftingPlanner } from '@telos/planner';
import { createEngines } from '@telos/engines';
import { agentTurnTool } from '@telos/tools';
import type { Config } from '../config/config.ts';
import type { Outside } from '../outside/outside.ts';
import type { Environment } from '../terminal.ts';
import { composeCatalogue } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { openShared } from './open-shared.ts';
import { openTraces } from './open-traces.ts';
import { openStore } from './open-store.ts';
import { secretsOf } from './secrets.ts';
import type { Secrets } from './secrets.ts';

export type Engine = Catalogue & {
  readonly config: Config;
  readonly store: Store;
  readonly queue: Queue;
  readonly live: Live;
  readonly planner: DraftingPlanner;
  readonly vaults: Vaults;
  readonly secrets: Secrets;
  /** Names of the secrets that are set: what `startRun` asks for. */
  readonly secretNames: ReadonlySet<string>;
  /** Tells a collector of traces of runs that end here; absent: there is none. */
  readonly traces?: TraceExporter;
  /** Stores a new run as that of a worker of this engine, who takes it up; undefined when none has room. */
  take(run: NewRun): Promise<Created> | undefined;
  /** What workers of this engine do, in the Prometheus text format. */
  metrics(): readonly string[];
  /** Calls back when a run has ended that a worker of this engine owned. */
  onEnded(listener: () => void): void;
  /** Takes runs up until the engine is closed. */
  work(options?: Omit<WorkerOptions, 'owner'>): Worker;
  /**
   * Lets runs go for the next owner, then closes everything. A second call does nothing.
   * Steps under way are waited for, `drainMs` at most (default 0).
   */
  close(options?: { readonly drainMs?: number }): Promise<void>;
};

export type EngineOptions = {
  readonly config: Config;
  readonly environment: Environment;
  /** The folder whose files workflows may name. */
  readonly workspace: string;
  /** Whether its runs are this process's own business, not taken up by others, nor others' by it; default false. */
  readonly isAlone?: boolean;
  /** Told of what a person should know and no run can show. */
  readonly report: (problem: Problem) => void;
  /** Told of what its runs come to. */
  readonly watcher?: JournalWatcher | undefined;
  /** In place of what is really outside of its runs. */
  readonly outside?: Outside | undefined;
};

/** For what a collector has not been told when the process ends. */
const lastTracesMs = 3000;

/** @throws TelosError what opening the store throws; then nothing is left open. */
export async function composeEngine(options: EngineOptions): Promise<Engine> {
  const { config, environment, workspace, isAlone = false, report, outside } = options;
  boundMemory();
  const metrics = createEngineMetrics();
  const watched = metrics.watch(await openStore(config));
  const store = options.watcher === undefined ? watched : watchJournal(watched, options.watcher);
  const shared = await openShared({
    config,
    clock: systemClock,
    isAlone,
    report: (message) => report({ message }),
  });
  const { queue, live } = shared;
  const known = secretsOf(environment);
  const secrets = outside?.secrets(known) ?? known;
  const catalogue = composeCatalogue(config, workspace, {
    limiter: shared.limiter,
    secrets,
    tell: (message) => report({ message }),
    outside,
  });
  const { catalog, knowledge, memory, models, clock, mcp } = catalogue;
  const planner = createPlanner({ models, catalog, clock });
  const ownTurn: AnyTool = agentTurnTool(models, catalog.tools, clock, createEngines());
  const turn = outside?.tool(ownTurn) ?? ownTurn;
  const vaults = createVaults(undefined, outside?.letters, outside?.onHidden);
  const traces = await openTraces(config, { store, clock: systemClock, report: (message) => report({ message }) });
  const workers: Worker[] = [];
  const endings = new Set<() => void>();
  let closed: Promise<void> | undefined;

  return {
    ...catalogue,
    config,
    store,
    queue,
    live,
    planner,
    vaults,
    secrets,
    secretNames: secrets.names,
    ...(traces === undefined ? {} : { traces }),
    take(run) {
      for (const worker of workers) {
        const created = worker.take(run);
        if (created !== undefined) return created;
      }
      return undefined;
    },
    metrics: () => metrics.lines(),
    onEnded: (listener) => void endings.add(listener),
    work(options = {}) {
      const worker = startWorker(
        {
          store,
          queue,
          elsewhere: config.queue.kind !== 'local' && !isAlone,
          live,
          clock,
          planner,
          vaults,
          report,
          tools: new Map([...catalog.tools, [turn.name, turn]]),
          ...(catalog.servers === undefined ? {} : { servers: catalog.servers }),
          checks: catalog.checks,
          language: { link: (program) => link(program, { now: () => clock.now() }), loadProgram },
          secret: (name) => secrets.value(name),
          privateHosts: config.privateHosts,
          random: outside?.random ?? (() => Math.random()),
          isGone: isProcessGone,
        },
        {
          ...options,
          owner: ownerOfThisProcess(),
          onEnd(state) {
            traces?.ended(state.id);
            for (const listener of endings) listener();
            options.onEnd?.(state);
          },
        },
      );
      workers.push(worker);
      return worker;
    },
    close({ drainMs = 0 } = {}) {
      closed ??= (async () => {
        await Promise.all(workers.map((worker) => worker.stop({ drainMs })));
        await traces?.close(lastTracesMs);
        await shared.close();
        await mcp.close();
        await knowledge.close();
        memory.close();
        await store.close();
      })();
      return closed;
    },
  };
}
