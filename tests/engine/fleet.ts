import { afterEach, beforeEach } from 'vitest';
import { createBells } from './bells.ts';
import type { Bells } from './bells.ts';
import { openEngine } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

/** Engines of one test that share a store and a queue; closed after it, the last one first. */
export type Fleet = {
  /** The queue of the test under way. */
  bells(): Bells;
  engineOf(options: EngineOptions): Promise<Engine>;
  /** Another worker on the same store and the same queue; it owns no run but takes steps. */
  helperOf(engine: Engine, options: EngineOptions): Promise<Engine>;
  /** Has one closed that was opened elsewhere. */
  keep(engine: Engine): void;
};

/** To be called where a test file begins: it sets up and clears around each test. */
export function createFleet(): Fleet {
  const open: Engine[] = [];
  let bells: Bells;
  beforeEach(() => {
    bells = createBells({ areShared: true });
  });
  afterEach(async () => {
    for (const engine of open.splice(0).toReversed()) await engine.close();
    await bells.remove();
  });

  function kept(engine: Engine): Engine {
    open.push(engine);
    return engine;
  }

  return {
    bells: () => bells,
    engineOf: async (options) => kept(await openEngine({ bells, ...options })),
    helperOf: async (engine, options) => kept(await engine.another({ recover: false, owner: 'helper', ...options })),
    keep: kept,
  };
}
