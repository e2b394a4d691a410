/**
 * A process that works until it is killed. Says `ready` when it has begun to look for runs, and `refused <run>` when
 * the store takes an append of it no more, because the run is another's by now, or has ended.
 *
 *   node --conditions=source mortal-worker.ts '<MortalSettings as JSON>'
 */
import { TelosError } from '@telos/core';
import type { Journal } from '@telos/core';
import { openTouches, startMortal } from './start-mortal.ts';
import type { MortalSettings } from './start-mortal.ts';

// Written by `createCrew`, of the same version.
const settings = JSON.parse(process.argv[2] ?? '') as MortalSettings;
const { store, ...touches } = await openTouches(settings);

const append: Journal['append'] = async (lease, ...rest) => {
  try {
    return await store.journal.append(lease, ...rest);
  } catch (error) {
    const isStale = error instanceof TelosError && (error.code === 'STALE_OWNER' || error.code === 'RUN_FINISHED');
    if (isStale) process.stdout.write(`refused ${lease.run}\n`);
    throw error;
  }
};

startMortal({ ...touches, store: { ...store, journal: { ...store.journal, append } } }, settings);
process.stdout.write('ready\n');
