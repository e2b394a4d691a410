/**
 * WAITING: 100,000 runs that wait, then a restart. Figures: what letting them go
 * costs, the memory of the worker that did, and the time from the start of a new
 * process to the end of the first run that is due. `waiting.ts <count>` for fewer.
 */
import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { newRunId } from '@telos/api/runs';
import type { RunId, Store } from '@telos/core';
import {
  boundMemory,
  createLocalLive,
  createLocalQueue,
  isProcessGone,
  ownerOfThisProcess,
  systemClock,
} from '@telos/driver-local';
import { startWorker } from '@telos/executor';
import type { WorkerOptions } from '@telos/executor';
import { compile, link, loadProgram } from '@telos/language';
import { openBenchStore } from '../bench-store.ts';
import { expectEqual, inFolder, peakMiB, report, round } from '../report.ts';

const [first = '100000', dir] = process.argv.slice(2);
const dueRuns = 5;
/** Long enough to be let go, and to pass while the process restarts. */
const dueMs = 8000;

/** Counts, and tells when it has come to a number. */
function createCounter() {
  let count = 0;
  const goals: { readonly at: number; readonly reach: () => void }[] = [];
  return {
    count(): void {
      count += 1;
      for (const { at, reach } of goals) if (count === at) reach();
      while ((goals[0]?.at ?? Number.POSITIVE_INFINITY) <= count) goals.shift();
    },
    /** Resolves at this count; asked for before it is reached, and in rising order. */
    of(at: number): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      goals.push({ at, reach: resolve });
      return promise;
    },
  };
}

/** A worker on the store of a folder. Everything in this process that is not the benchmark's own. */
function openWorker(store: Store, on: Pick<WorkerOptions, 'onEnd' | 'onPark'>) {
  const queue = createLocalQueue();
  const worker = startWorker(
    {
      store,
      queue,
      live: createLocalLive(),
      clock: systemClock,
      tools: new Map(),
      checks: new Map(),
      language: { link, loadProgram },
      secret: () => undefined,
      random: Math.random,
      isGone: isProcessGone,
      report: ({ message }) => void process.stderr.write(`${message}\n`),
    },
    { owner: ownerOfThisProcess(), ...on },
  );
  return { queue, worker };
}

async function keepWaiting(store: Store, ms: number): Promise<string> {
  const source = `telos: 1\nid: waits_${ms}\nsteps:\n  - { id: nap, wait: { for: ${ms}ms } }\n`;
  const result = compile(source, { catalog: { tools: new Map(), checks: new Map() } });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  const { hash, program } = result.compiled;
  await store.programs.put({ hash, id: program.id, program, source, storedAt: Date.now() });
  return hash;
}

async function create(store: Store, program: string): Promise<RunId> {
  const at = Date.now();
  const id = newRunId(at);
  const created = { type: 'run.created', at, workflow: 'waits', program, inputs: { value: {} } } as const;
  await store.journal.create({ id, created });
  return id;
}

/** Starts anew on a store full of runs that wait, and says when the first that was due has ended. */
async function restart(folder: string): Promise<void> {
  boundMemory();
  const store = await openBenchStore(folder, 'full');
  const ended = createCounter();
  const one = ended.of(1);
  const all = ended.of(dueRuns);
  const { worker } = openWorker(store, { onEnd: ended.count });
  await one;
  // Counted from when the process began.
  const firstMs = performance.now();
  await all;
  process.stdout.write(JSON.stringify({ firstMs, peak: peakMiB() }));
  await worker.stop();
  await store.close();
}

async function measure(folder: string, runs: number): Promise<void> {
  boundMemory();
  const store = await openBenchStore(folder, 'full');
  const parked = createCounter();
  const { queue, worker } = openWorker(store, { onPark: parked.count });
  const hour = await keepWaiting(store, 3_600_000);
  const begun = performance.now();
  for (let created = 0; created < runs;) {
    const more = Math.min(runs - created, 500);
    created += more;
    const letGo = parked.of(created);
    const ids = await Promise.all(Array.from({ length: more }, () => create(store, hour)));
    await queue.offer(ids.map((run) => ({ kind: 'run', queue: 'default', run })));
    // As fast as they are let go and no faster: what is measured is runs that wait, not runs to be taken up.
    await letGo;
  }
  const took = performance.now() - begun;
  expectEqual(worker.owned, 0, 'runs held');
  expectEqual(await store.waits.count({ kind: ['time'] }), runs, 'steps that wait');
  const resident = process.memoryUsage().rss / 2 ** 20;

  const soon = await keepWaiting(store, dueMs);
  const due = await Promise.all(Array.from({ length: dueRuns }, () => create(store, soon)));
  const allParked = parked.of(runs + dueRuns);
  const until = performance.now() + dueMs + 500;
  await queue.offer(due.map((run) => ({ kind: 'run', queue: 'default', run })));
  await allParked;
  await worker.stop();
  await store.close();
  await delay(Math.max(until - performance.now(), 0));

  const args = ['--conditions=source', '--no-warnings', import.meta.filename, first, folder];
  const child = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (child.status !== 0) throw new Error('The restarted process failed.');
  // Written by `restart`.
  const { firstMs, peak } = JSON.parse(child.stdout) as { readonly firstMs: number; readonly peak: number };
  report('WAITING', {
    runs,
    parked_per_s: round((runs / took) * 1000),
    resident_mib: round(resident),
    peak_mib: peakMiB(),
    restart_to_first_due_ms: round(firstMs),
    restarted_peak_mib: peak,
  });
}

if (dir === undefined) await inFolder((folder) => measure(folder, Number(first)));
else await restart(dir);
