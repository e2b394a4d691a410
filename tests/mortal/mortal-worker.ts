/**
 * A process that works until it is killed. Says `ready` when it has begun to look for runs.
 *
 *   node --conditions=source mortal-worker.ts '<MortalSettings as JSON>'
 */
import { openTouches, startMortal } from './start-mortal.ts';
import type { MortalSettings } from './start-mortal.ts';

// Written by `createCrew`, of the same version.
const settings = JSON.parse(process.argv[2] ?? '') as MortalSettings;
startMortal(await openTouches(settings), settings);
process.stdout.write('ready\n');
