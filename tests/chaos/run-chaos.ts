/**
 * Chaos: runs of random workflows on several workers, while a killer stops,
 * freezes and cuts off whatever it can reach. Afterwards every law is checked
 * that must hold whatever happened.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunId, Store } from '@telos/core';
import { chance } from '../engine/chance.ts';
import { openStoreAt } from '../engine/stores.ts';
import { createCrew } from '../mortal/crew.ts';
import { brokenLaws, endsOf, untilDone } from '../mortal/laws.ts';
import type { Expected } from '../mortal/laws.ts';
import { callsIn } from '../mortal/logging-tools.ts';
import { startPerson } from '../mortal/person.ts';
import { openQueueAt } from '../mortal/queues.ts';
import { createRun, undisturbed } from '../mortal/runs.ts';
import { blowsTo } from './blows.ts';
import type { Targets } from './blows.ts';
import { randomWorkflow } from './random-workflow.ts';

export type ChaosOptions = Targets & {
  readonly seed: number;
  readonly runs: number;
  readonly workers: number;
  /** About one in 300 ms, while runs come in. */
  readonly blows: number;
  /** A folder for the log of calls, and for the journals of runs of which a law was broken. */
  readonly folder: string;
  /** How long the runs may take after the last blow. */
  readonly patienceMs: number;
};

export type ChaosReport = {
  readonly seed: number;
  readonly runs: number;
  /** How often each kind of blow fell. */
  readonly blows: { readonly [name: string]: number };
  readonly inDoubt: number;
  readonly calls: number;
  readonly seconds: number;
  /** Laws that were broken, each in a sentence. Empty when all held. */
  readonly broken: readonly string[];
};

/** Workflows of one round: so many that seldom two alike are under way, so few that each is tried out beforehand. */
const workflowsAtMost = 20;

export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, folder } = options;
  const random = chance(seed);
  const began = performance.now();
  const log = join(folder, 'calls');
  writeFileSync(log, '');
  const workflows = Array.from({ length: Math.min(options.runs, workflowsAtMost) }, (_, n) =>
    randomWorkflow(seed * 1000 + n),
  );
  const outputs = await undisturbed(workflows);
  const store = await openStoreAt(options.store);
  const queue = await openQueueAt(options.queue);
  const crew = createCrew({ ...options, log, concurrency: 4, leaseMs: 1500 });
  const person = startPerson(store, log);
  const counts = new Map<string, number>();
  const runs = new Map<RunId, Expected>();

  async function feed(): Promise<void> {
    for (let n = 0; n < options.runs; n++) {
      const workflow = workflows[n % workflows.length];
      if (workflow === undefined) break;
      const run = await createRun(store, workflow);
      runs.set(run, { name: `workflow ${workflow.seed}`, output: outputs[n % workflows.length] ?? '' });
      await queue.offer([{ kind: 'run', queue: 'default', run }]).catch(() => {
        // Then a worker finds it.
      });
      await delay(((options.blows * 300) / options.runs) * random());
    }
  }

  /** Of all blows, half are kills, and a quarter is for servers where there are any. */
  async function strike(): Promise<string> {
    const kind = random();
    const victim = crew.one(random());
    if (kind < 0.5) {
      await victim?.kill();
      await crew.hire();
      return 'kills';
    }
    const others = blowsTo(options);
    const other = kind < 0.75 ? undefined : others[Math.floor(random() * others.length)];
    if (other === undefined) {
      victim?.freeze(200 + random() * 3500);
      return 'freezes';
    }
    await other.deal(random);
    return other.name;
  }

  try {
    for (let n = 0; n < options.workers; n++) await crew.hire();
    const feeding = feed();
    for (let blow = 0; blow < options.blows; blow++) {
      await delay(100 + random() * 400);
      const name = await strike();
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    await feeding;
    const ends = await endsOf(store, runs.keys(), options.patienceMs);
    await person.leave();
    const broken = await brokenLaws(store, runs, ends, log);
    await keepEvidence(store, runs.keys(), broken, folder);
    return {
      seed,
      runs: runs.size,
      blows: Object.fromEntries(counts),
      inDoubt: person.doubts,
      calls: callsIn(log).length,
      seconds: Math.round((performance.now() - began) / 1000),
      broken,
    };
  } finally {
    await person.leave();
    await crew.dismiss();
    await queue.close();
    await store.close();
  }
}

/** The journals of runs of which a law was broken, beside the log of calls. */
async function keepEvidence(
  store: Store,
  runs: Iterable<RunId>,
  broken: readonly string[],
  folder: string,
): Promise<void> {
  for (const run of runs) {
    if (!broken.some((law) => law.includes(run))) continue;
    const events = await untilDone(() => Array.fromAsync(store.journal.read(run)));
    writeFileSync(join(folder, `${run}.jsonl`), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }
}
