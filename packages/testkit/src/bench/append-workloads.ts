/** Work for a store under measurement. Each prints one JSON line; times are for comparing within one run only. */
import type { Lease, RunEvent, Store } from '@telos/core';

export const inFlight = 100;
export const runs = 3000;
export const steps = 10;
const pad = 'x'.repeat(150);

/** What one step appends: its result, of about 200 bytes, and the start of the next. */
export function stepEvents(run: number, step: number): readonly RunEvent[] {
  const at = Date.now();
  return [
    { type: 'step.succeeded', at, path: `s${step}`, attempt: 1, output: { value: { run, step, v: 1, pad } } },
    { type: 'step.started', at, path: `s${step + 1}`, attempt: 1 },
  ];
}

/** Prints a measurement and gives its operations per second. */
export function reportRate(name: string, operations: number, ms: number, more: object = {}): number {
  const perSecond = Math.round((operations / ms) * 1000);
  process.stdout.write(`${JSON.stringify({ name, operations, ms: Math.round(ms), perSecond, ...more })}\n`);
  return perSecond;
}

/** 100 runs append side by side, each going on when its append is durable. */
export async function measureAppends(store: Store, label: object): Promise<number> {
  const leases: Lease[] = [];
  for (let at = 0; at < runs; at += inFlight) {
    const names = Array.from({ length: inFlight }, (_, index) => `${at + index}`);
    leases.push(...(await Promise.all(names.map((name) => newRun(store, name)))));
  }
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < runs; index = next++) {
      const lease = leases[index];
      if (lease === undefined) return;
      let last = 1;
      for (let step = 0; step < steps; step += 1)
        last = await store.journal.append(lease, last, stepEvents(index, step));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return reportRate('appends, 100 runs in flight', runs * steps, performance.now() - started, label);
}

/** As an engine lives: create, acquire, start, ten steps, end, release. */
export async function measureWholeRuns(store: Store, label: object): Promise<number> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < runs; index = next++) {
      const lease = await newRun(store, `w${index}`);
      let last = await store.journal.append(lease, 1, [{ type: 'run.started', at: Date.now() }]);
      for (let step = 0; step < steps; step += 1)
        last = await store.journal.append(lease, last, stepEvents(index, step));
      await store.journal.append(lease, last, [{ type: 'run.succeeded', at: Date.now(), outputs: { value: null } }]);
      void store.leases.release(lease);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return reportRate('steps of whole runs, 100 in flight', runs * steps, performance.now() - started, label);
}

/** One run alone, one append at a time: what waiting for each costs. */
export async function measureOneRun(store: Store, label: object): Promise<void> {
  const lease = await newRun(store, 'alone');
  const times: number[] = [];
  for (let last = 1; last < 1001;) {
    const started = performance.now();
    last = await store.journal.append(lease, last, stepEvents(0, last));
    times.push(performance.now() - started);
  }
  times.sort((left, right) => left - right);
  const microseconds = (part: number) => Math.round((times[Math.floor(part * times.length)] ?? 0) * 1000);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  const figures = { p50Us: microseconds(0.5), p99Us: microseconds(0.99) };
  reportRate('appends of one run', times.length, total, { ...label, ...figures });
}

async function newRun(store: Store, name: string): Promise<Lease> {
  const id = `${name.padStart(8, '0')}-0000-7000-8000-000000000000`;
  await store.journal.create({
    id,
    created: { type: 'run.created', at: Date.now(), workflow: 'bench', program: 'p', inputs: { value: null } },
  });
  const lease = await store.leases.acquire(id, 'bench', 60_000);
  if ('heldBy' in lease) throw new Error(`${id} is held`);
  return lease;
}
