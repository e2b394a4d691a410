/**
 * A process that works until it is killed. Says `ready` when it has begun to look for runs, and `refused <run>` when
 * the store takes an append of it no more, because the run is another's by now, or has ended.
 *
 *   node --conditions=source mortal-worker.ts '<MortalSettings as JSON>'
 */
import { openTouches, sayingRefusals, startMortal } from './start-mortal.ts';
import type { MortalSettings } from './start-mortal.ts';

// Written by `createCrew`, of the same version.
const settings = JSON.parse(process.argv[2] ?? '') as MortalSettings;
const { store, ...touches } = await openTouches(settings);

startMortal({ ...touches, store: sayingRefusals(store) }, settings);
process.stdout.write('ready\n');
