/**
 * Chaos: runs of random workflows on several workers, while a killer stops,
 * freezes and cuts off whatever it can reach. Afterwards every law is checked
 * that must hold whatever happened.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fold, isTerminal, runIdOf } from '@telos/core';
import type { Json, Message, RunId, RunState, Store } from '@telos/core';
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { startWorker } from '@telos/executor';
import { compile, link, loadProgram } from '@telos/language';
import { chance } from './chance.ts';
import { openChaosQueue, openChaosStore } from './places.ts';
import { randomWorkflow } from './random-workflow.ts';
import type { ChaosWorkflow } from './random-workflow.ts';
import { chaosTools } from './tools.ts';

export type ChaosOptions = {
  readonly seed: number;
  readonly runs: number;
  readonly workers: number;
  /** Kills and freezes, about one in 300 ms. */
  readonly blows: number;
  /** A file of SQLite, or postgres://... */
  readonly store: string;
  /** `local:`, redis://... or postgres://... */
  readonly queue: string;
  /** A folder for the log. */
  readonly folder: string;
  /** Further blows: connections that are cut, a queue that is emptied. */
  readonly cut?: () => Promise<void>;
  /** How long the runs may take after the last blow. */
  readonly patienceMs: number;
};

export type ChaosReport = {
  readonly seed: number;
  readonly runs: number;
  readonly kills: number;
  readonly freezes: number;
  readonly cuts: number;
  readonly inDoubt: number;
  readonly calls: number;
  /** Laws that were broken, each in a sentence. Empty when all held. */
  readonly broken: readonly string[];
};

const workerFile = join(import.meta.dirname, 'chaos-worker.ts');

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, folder } = options;
  const random = chance(seed);
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const workflows = Array.from({ length: Math.min(options.runs, 12) }, (_, n) => randomWorkflow(seed * 1000 + n));
  const expected = await undisturbed(workflows);
  const store = await openChaosStore(options.store);
  const queue = await openChaosQueue(options.queue);
  const crew = createCrew([options.store, options.queue, log]);
  const counts = { kills: 0, freezes: 0, cuts: 0, inDoubt: 0 };
  const person = new AbortController();
  try {
    for (let n = 0; n < options.workers; n++) await crew.hire();
    const runs = new Map<RunId, ChaosWorkflow>();
    const answering = answerDoubts(store, log, person.signal, () => (counts.inDoubt += 1));
    const feeding = (async () => {
      for (let n = 0; n < options.runs; n++) {
        const workflow = workflows[n % workflows.length];
        if (workflow === undefined) break;
        const run = await create(store, workflow);
        runs.set(run, workflow);
        await queue.offer([{ kind: 'run', queue: 'default', run }]).catch(() => {
          // Then a worker finds it.
        });
        await delay(((options.blows * 300) / options.runs) * random());
      }
    })();
    for (let blow = 0; blow < options.blows; blow++) {
      await delay(100 + random() * 400);
      const kind = random();
      if (kind < 0.5) {
        counts.kills += 1;
        await crew.killOne(random);
        await crew.hire();
      } else if (kind < 0.75 || options.cut === undefined) {
        counts.freezes += 1;
        crew.freezeOne(random, 200 + random() * 3500);
      } else {
        counts.cuts += 1;
        await options.cut();
      }
    }
    await feeding;
    const ends = await ended(store, [...runs.keys()], options.patienceMs);
    person.abort();
    await answering;
    const broken = await laws(store, runs, ends, expected, log);
    return { seed, runs: runs.size, ...counts, calls: linesOf(log).length, broken };
  } finally {
    person.abort();
    await crew.dismiss();
    await queue.close();
    await store.close();
  }
}

/** What each workflow gives when nothing happens to it. */
async function undisturbed(workflows: readonly ChaosWorkflow[]): Promise<ReadonlyMap<ChaosWorkflow, string>> {
  const store = await openSqliteStore({ path: ':memory:' });
  const queue = createLocalQueue();
  const tools = chaosTools();
  const worker = startWorker(
    {
      store,
      queue,
      live: createLocalLive(),
      clock: systemClock,
      tools,
      checks: new Map(),
      language: { link, loadProgram },
      secret: () => undefined,
      random: () => 0,
      report: () => {},
    },
    { owner: 'undisturbed' },
  );
  try {
    const outputs = new Map<ChaosWorkflow, string>();
    for (const workflow of workflows) {
      const run = await create(store, workflow);
      await queue.offer([{ kind: 'run', queue: 'default', run }]);
      for await (const { event } of store.journal.follow(run, 0, AbortSignal.timeout(60_000))) void event;
      outputs.set(workflow, await outputOf(store, await stateOf(store, run)));
    }
    return outputs;
  } finally {
    await worker.stop();
    await queue.close();
    await store.close();
  }
}

async function create(store: Store, { yaml }: ChaosWorkflow): Promise<RunId> {
  const result = compile(yaml, { catalog: { tools: chaosTools(), checks: new Map() } });
  if (!result.ok) throw new Error(`${JSON.stringify(result.faults)}\n${yaml}`);
  const { program, hash } = result.compiled;
  await untilStored(() => store.programs.put({ hash, id: program.id, program, source: yaml, storedAt: Date.now() }));
  const id = runIdOf(Date.now(), randomBytes(10));
  const created = { type: 'run.created', at: Date.now(), workflow: program.id, program: hash } as const;
  await untilStored(() => store.journal.create({ id, created: { ...created, inputs: { value: {} } } }));
  return id;
}

/** Connections of this process are cut as well, and a frozen worker may hold the lock of a file. */
async function untilStored<T>(act: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (tries === 50) throw error;
      await delay(100);
    }
  }
}

function createCrew(words: readonly string[]) {
  const crew = new Set<ChildProcess>();
  const thaws = new Set<Promise<void>>();

  async function kill(child: ChildProcess): Promise<void> {
    crew.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  function one(random: () => number): ChildProcess | undefined {
    return [...crew][Math.floor(random() * crew.size)];
  }

  return {
    async hire(): Promise<void> {
      const child = spawn(process.execPath, ['--conditions=source', '--no-warnings', workerFile, ...words], {
        stdio: ['ignore', 'pipe', process.env['CHAOS_LOUD'] === undefined ? 'ignore' : 'inherit'],
      });
      crew.add(child);
      await once(child.stdout, 'data');
    },
    async killOne(random: () => number): Promise<void> {
      const child = one(random);
      if (child !== undefined) await kill(child);
    },
    /** Stops a worker's clock and its heart; its leases lapse when that is for long. */
    freezeOne(random: () => number, ms: number): void {
      const child = one(random);
      if (child === undefined) return;
      child.kill('SIGSTOP');
      const thaw = delay(ms).then(() => void child.kill('SIGCONT'));
      thaws.add(thaw);
    },
    async dismiss(): Promise<void> {
      await Promise.all(thaws);
      await Promise.all([...crew].map(kill));
    },
  };
}

/** A person who looks into the log: what was sent was sent, what was not is to be tried again. */
async function answerDoubts(store: Store, log: string, signal: AbortSignal, counted: () => void): Promise<void> {
  const answered = new Set<string>();
  while (!signal.aborted) {
    await delay(100);
    const page = await store.waits.list({ kind: ['in_doubt'] }, 200).catch(() => ({ items: [] }));
    for (const { run, path, id } of page.items) {
      const key = `${run} ${id}`;
      if (answered.has(key)) continue;
      const sent = linesOf(log).some((line) => line.startsWith(`${run} ${path} send`));
      const to = path.slice(path.lastIndexOf('.') + 1);
      const message: Message = {
        id: `doubt ${id}`,
        kind: 'resolve',
        path,
        ...(sent ? { as: 'succeed', output: { value: `sent to ${to}` } } : { as: 'retry' }),
      };
      await store.inbox.post(run, message).then(
        () => {
          answered.add(key);
          counted();
        },
        () => {},
      );
    }
  }
}

async function ended(store: Store, runs: readonly RunId[], patienceMs: number): Promise<ReadonlySet<RunId>> {
  const deadline = Date.now() + patienceMs;
  const going = new Set(runs);
  while (going.size > 0 && Date.now() < deadline) {
    for (const run of going) {
      const summary = await untilStored(() => store.runs.get(run));
      if (summary?.endedAt !== undefined) going.delete(run);
    }
    await delay(100);
  }
  return new Set(runs.filter((run) => !going.has(run)));
}

async function laws(
  store: Store,
  runs: ReadonlyMap<RunId, ChaosWorkflow>,
  ends: ReadonlySet<RunId>,
  expected: ReadonlyMap<ChaosWorkflow, string>,
  log: string,
): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const [run, workflow] of runs) {
    if (!ends.has(run)) {
      const state = await stateOf(store, run);
      broken.push(`Run ${run} of seed ${workflow.seed} did not end: it is ${JSON.stringify(state.phase)}.`);
      continue;
    }
    const events = await Array.fromAsync(store.journal.read(run));
    const terminal = events.filter(({ event }) => isTerminal(event));
    if (terminal.length !== 1 || terminal[0] !== events.at(-1))
      broken.push(`Run ${run} of seed ${workflow.seed} has ${terminal.length} ends, or something after its end.`);
    const output = await outputOf(store, await stateOf(store, run));
    if (output !== expected.get(workflow))
      broken.push(`Run ${run} of seed ${workflow.seed} gave ${output}, not ${expected.get(workflow) ?? ''}.`);
    if ((await store.claims.of(run)).length > 0) broken.push(`Run ${run} left claims behind.`);
    if ((await store.inbox.pending(run)).length > 0) broken.push(`Run ${run} left messages behind.`);
  }
  const sent = new Map<string, number>();
  for (const line of linesOf(log)) {
    const [run = '', path = '', tool = ''] = line.split(' ');
    if (tool === 'send') sent.set(`${run} ${path}`, (sent.get(`${run} ${path}`) ?? 0) + 1);
  }
  for (const [step, times] of sent) if (times > 1) broken.push(`The irreversible step ${step} ran ${times} times.`);
  if ((await store.waits.count({})) > 0) broken.push('Waiting steps are listed of runs that have ended.');
  return broken;
}

async function stateOf(store: Store, run: RunId): Promise<RunState> {
  const state = await untilStored(() => fold(store.journal.read(run)));
  if (state === undefined) throw new Error(`No run ${run}.`);
  return state;
}

/** The outputs as text, without the times at which steps went on. */
async function outputOf(store: Store, { phase }: RunState): Promise<string> {
  if (phase.status !== 'succeeded') return JSON.stringify(phase);
  const { outputs } = phase;
  const blob = 'blob' in outputs ? await untilStored(() => store.blobs.get(outputs.blob)) : undefined;
  // What a blob of an output holds is the JSON that was stored there.
  const value = 'value' in outputs ? outputs.value : (JSON.parse(new TextDecoder().decode(blob?.bytes)) as Json);
  return JSON.stringify(value).replaceAll(/\{\\?"at\\?":\\?"[^"\\]+\\?"\}/g, 'null');
}

function linesOf(log: string): readonly string[] {
  return readFileSync(log, 'utf8').trimEnd().split('\n').filter(Boolean);
}
