/**
 * A stage for tests of runs that wait: engines that are closed afterwards, owners
 * that die at a chosen append, and people who answer whatever waits for them.
 */
import { TelosError } from '@telos/core';
import type { ListedWait, Message, RunId, RunState, Store } from '@telos/core';
import { openEngine, untilAborted } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

export interface Stage {
  open(options?: EngineOptions): Promise<Engine>;
  another(engine: Engine, options?: EngineOptions): Promise<Engine>;
  /** The engine's worker neither records nor releases anything any more, and its leases lapse. */
  die(engine: Engine): Promise<void>;
  /** Has an owner die at one of its appends: just before it is stored, or before it knows that it was. Gives whether that has happened. */
  dieAt(engine: Engine, append: number, stored: boolean): () => boolean;
  clear(): Promise<void>;
}

export function createStage(): Stage {
  const engines: Engine[] = [];
  let buried = new AbortController();

  async function enter(opening: Promise<Engine>): Promise<Engine> {
    const engine = await opening;
    engines.push(engine);
    return engine;
  }

  function bury(engine: Engine): void {
    const { store, worker } = engine;
    const { journal, leases } = store;
    engine.die();
    const { owner } = worker;
    const { signal } = buried;
    const dead = {
      append: journal.append,
      acquire: leases.acquire,
      renew: leases.renew,
      park: leases.park,
      release: leases.release,
    };
    journal.append = (lease, ...rest) =>
      lease.owner === owner ? untilAborted(signal) : dead.append.call(journal, lease, ...rest);
    leases.acquire = (run, by, ttlMs) =>
      by === owner ? untilAborted(signal) : dead.acquire.call(leases, run, by, ttlMs);
    leases.renew = (renewed, ttlMs) =>
      renewed.some((lease) => lease.owner === owner) ? Promise.resolve([]) : dead.renew.call(leases, renewed, ttlMs);
    leases.park = (lease, forMs) => (lease.owner === owner ? Promise.resolve() : dead.park.call(leases, lease, forMs));
    leases.release = (lease) => (lease.owner === owner ? Promise.resolve() : dead.release.call(leases, lease));
  }

  return {
    open: (options) => enter(openEngine(options)),
    another: (engine, options) => enter(engine.another(options)),
    async die(engine) {
      bury(engine);
      await engine.clock.advance(16_000);
    },
    dieAt(engine, append, stored) {
      const { journal } = engine.store;
      const { owner } = engine.worker;
      const { signal } = buried;
      const living = journal.append.bind(journal);
      let appends = 0;
      let dead = false;
      journal.append = (lease, ...rest) => {
        if (lease.owner !== owner) return living(lease, ...rest);
        appends += 1;
        if (appends < append) return living(lease, ...rest);
        if (!dead) {
          dead = true;
          bury(engine);
          if (stored) return living(lease, ...rest).then(() => untilAborted(signal));
        }
        return untilAborted(signal);
      };
      return () => dead;
    },
    async clear() {
      buried.abort(new TelosError('STALE_OWNER', 'It is dead.'));
      buried = new AbortController();
      for (const engine of engines.splice(0).toReversed()) await engine.close();
    },
  };
}

/** What people and other systems say of a step that waits; undefined while they say nothing. */
export type Answer = (wait: ListedWait) => Message | undefined;

/** Approves what asks, sends each signal once, has what is in doubt fail. */
export const agreeable: Answer = (wait) => {
  const id = `answer ${wait.run} ${wait.id}`;
  switch (wait.kind) {
    case 'approval':
      return { id, kind: 'decide', wait: wait.id, decision: 'approve', by: 'a tester' };
    case 'signal':
      return wait.wait?.kind === 'signal'
        ? { id, kind: 'signal', name: wait.wait.name, payload: { value: wait.path } }
        : undefined;
    case 'in_doubt':
    case 'quarantined':
      return { id, kind: 'resolve', path: wait.path, as: 'fail' };
    case 'time':
      return undefined;
  }
};

/** Answers what waits and lets time pass, again and again, until the run has ended. */
export async function driven(
  engine: Engine,
  run: RunId,
  answer: Answer = agreeable,
  stepMs = 16_000,
): Promise<RunState> {
  const { store, clock } = engine;
  for (let turn = 0; turn < 200; turn++) {
    if ((await store.runs.get(run))?.endedAt !== undefined) return engine.ended(run);
    for (const wait of (await store.waits.list({ run }, 200)).items) await say(store, run, answer(wait));
    await clock.advance(stepMs);
  }
  throw new Error(
    `Run ${run} goes on and on:\n${(await engine.events(run)).map((event) => JSON.stringify(event)).join('\n')}\n${JSON.stringify(engine.problems)}`,
  );
}

/** Posts a message, if there is one and the run still takes it. */
export async function say(store: Store, run: RunId, message: Message | undefined): Promise<void> {
  if (message === undefined) return;
  await store.inbox.post(run, message).catch((error: unknown) => {
    if (!(error instanceof TelosError && error.code === 'RUN_FINISHED')) throw error;
  });
}

/**
 * Plays a scenario once for each append that its first owner makes, that owner
 * dying there, before the append and after it; another takes over each time.
 *
 * @returns How many deaths there were.
 */
export async function withEachDeath(
  stage: Stage,
  play: (first: Engine, afterDeath: () => Promise<Engine>, which: string) => Promise<void>,
  options: () => EngineOptions,
): Promise<number> {
  let deaths = 0;
  for (const stored of [false, true]) {
    for (let append = 1; ; append++) {
      const first = await stage.open(options());
      const isDead = stage.dieAt(first, append, stored);
      await play(
        first,
        () => stage.another(first, { owner: 'next-owner' }),
        `death ${stored ? 'after' : 'before'} append ${append}`,
      );
      const reached = isDead();
      await stage.clear();
      if (!reached) break;
      deaths += 1;
    }
  }
  return deaths;
}
