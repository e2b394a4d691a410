/** Runs for workers that die, and what they give when nobody does. */
import { newRunId } from '@telos/api/runs';
import type { JsonObject, RunId, Store } from '@telos/core';
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { startWorker } from '@telos/executor';
import { compile, link, loadProgram } from '@telos/language';
import { outputText, stateOf, untilDone } from './laws.ts';
import { loggingTools } from './logging-tools.ts';
import { startPerson } from './person.ts';

export type Wanted = { readonly yaml: string; readonly inputs?: JsonObject };

/** Stores the workflow and a run of it; nobody is called for it. */
export async function createRun(store: Store, { yaml, inputs = {} }: Wanted): Promise<RunId> {
  const result = compile(yaml, { catalog: { tools: loggingTools(), checks: new Map() } });
  if (!result.ok) throw new Error(`${JSON.stringify(result.faults)}\n${yaml}`);
  const { program, hash } = result.compiled;
  await untilDone(() => store.programs.put({ hash, id: program.id, program, source: yaml, storedAt: Date.now() }));
  const id = newRunId(Date.now());
  const created = { type: 'run.created', at: Date.now(), workflow: program.id, program: hash } as const;
  await untilDone(() => store.journal.create({ id, created: { ...created, inputs: { value: inputs } } }));
  return id;
}

/** What each gives, in order, when nothing happens to it. */
export async function undisturbed(wanted: readonly Wanted[]): Promise<readonly string[]> {
  const store = await openSqliteStore({ path: ':memory:' });
  const queue = createLocalQueue();
  const worker = startWorker(
    {
      store,
      queue,
      live: createLocalLive(),
      clock: systemClock,
      tools: loggingTools(),
      checks: new Map(),
      language: { link, loadProgram },
      secret: () => undefined,
      random: () => 0,
      report: () => {},
    },
    { owner: 'undisturbed' },
  );
  const person = startPerson(store);
  try {
    const outputs: string[] = [];
    for (const one of wanted) {
      const run = await createRun(store, one);
      await queue.offer([{ kind: 'run', queue: 'default', run }]);
      for await (const { event } of store.journal.follow(run, 0, AbortSignal.timeout(60_000))) void event;
      outputs.push(await outputText(store, await stateOf(store, run)));
    }
    return outputs;
  } finally {
    await person.leave();
    await worker.stop();
    await queue.close();
    await store.close();
  }
}
