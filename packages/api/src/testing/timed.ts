/** Published workflows with triggers, on a real store and with a clock that stands still, for tests. */
import { createLocalQueue } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import type { Instant, RunId, Store } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import type { FakeClock } from '@telos/testkit';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { publishWorkflow } from '../publish-workflow.ts';
import { readFold } from '../run-view/read-run.ts';
import type { SchedulesDeps } from '../triggers/schedule/start-schedules.ts';
import { testCatalog, testModels } from './served-api.ts';

export const at = (text: string): Instant => Date.parse(text);

/** @param triggers In YAML's flow style, as they stand behind `triggers:`. */
export function withTriggers(triggers: string, more: { readonly id?: string; readonly inputs?: string } = {}): string {
  const { id = 'timed', inputs = '{ topic: { type: string, default: news } }' } = more;
  return `telos: 1
id: ${id}
inputs: ${inputs}
triggers: ${triggers}
steps:
  - { id: a, uses: transform, with: { value: "\${{ inputs.topic }}" } }
`;
}

export type Timed = {
  readonly store: Store;
  readonly clock: FakeClock;
  /** What a process of its own has, beside the store; its clock may be another. */
  process(clock?: FakeClock, store?: Partial<Store>): SchedulesDeps;
  /** What processes told. */
  readonly told: readonly string[];
  publish(source: string): Promise<void>;
  /** Instants at which runs were due, oldest first, with the topic of each. */
  fired(): Promise<readonly string[]>;
};

export async function timed(now: string): Promise<Timed> {
  const store = await openSqliteStore({ path: ':memory:' });
  const queue = createLocalQueue();
  onTestFinished(async () => {
    await queue.close();
    await store.close();
  });
  const clock = createFakeClock(at(now));
  const told: string[] = [];
  const base = { queue, catalog: testCatalog, models: testModels };
  return {
    store,
    clock,
    told,
    process: (own = clock, other = {}) => ({
      ...base,
      store: { ...store, ...other },
      clock: own,
      tell: (message) => void told.push(message),
    }),
    async publish(source) {
      await publishWorkflow({ ...base, store, clock }, { source });
    },
    async fired() {
      const { items } = await store.runs.list({}, 200);
      const lines = await Promise.all(items.map(({ id }) => firing(store, id)));
      return lines.toSorted();
    },
  };
}

const Created = z.object({
  trigger: z.object({ at: z.number() }),
  inputs: z.object({ value: z.object({ topic: z.string() }) }),
});

async function firing(store: Store, run: RunId): Promise<string> {
  const read = await readFold(store.journal, run);
  const { created } = z.object({ created: Created }).parse(read?.folded);
  return `${new Date(created.trigger.at).toISOString().slice(0, 16)} ${created.inputs.value.topic}`;
}
