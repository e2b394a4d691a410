// Telos as a peer of the engines in the bench-peers folder: `pnpm bench:peers` copies this file beside them.
import module from 'node:module';
import { main, pgUrl, REDIS } from './common.mjs';

// What `telos` does before it loads anything.
module.enableCompileCache();

/** @param queue Which Redis of `REDIS` holds the queue; without one it is in the process. */
const variant = (durability, onPostgres, queue) => async (ctx) => {
  const { openBenchEngine } = await import('./telos-engine.mjs');
  const engine = await openBenchEngine({
    dir: ctx.dir,
    durability,
    ...(onPostgres ? { databaseUrl: pgUrl(ctx.db) } : {}),
    ...(queue === undefined ? {} : { queueUrl: `redis://127.0.0.1:${REDIS[queue]}?prefix=${ctx.db}_${ctx.w}` }),
    step: (run, i) => ctx.step(run, i),
    leaseMs: 3000,
  });
  const known = ctx.phase === '2' ? await engine.runs() : new Map();
  const run = async (shape, id, n) => engine.finish(await engine.begin(shape, id, n));
  return {
    seq: (id, n) => run('chain', id, n),
    fan: (id, n) => run('fan', id, n),
    begin: async (id, n) => void known.set(id, await engine.begin('chain', id, n)),
    finish: (id) => engine.finish(known.get(id)),
    stop: () => engine.stop(),
  };
};

main(
  {
    peer: 'telos',
    version: '0.1.0',
    variants: {
      'sqlite-full': { durability: 'fsync before next step (WAL FULL, group commit)', start: variant('full') },
      'sqlite-normal': {
        durability: 'WAL NORMAL: written each step, no fsync per step',
        start: variant('normal'),
        workloads: ['A', 'B', 'C'],
      },
      postgres: {
        needs: 'pg',
        durability: 'commit+fsync before next step (PG synchronous_commit=on, group commit), BullMQ on Redis',
        start: variant('full', true, 'redis'),
      },
      'postgres-alone': {
        needs: 'pg',
        durability: 'commit+fsync before next step (PG synchronous_commit=on, group commit), queue in the process',
        start: variant('full', true),
      },
    },
  },
  import.meta.url,
);
