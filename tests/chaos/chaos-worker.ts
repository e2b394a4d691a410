/**
 * A worker that lives until it is killed.
 *
 *   node --conditions=source chaos-worker.ts <store> <queue> <log file>
 *
 * `<store>`: a file of SQLite, or postgres://... `<queue>`: `local:`, redis://... or postgres://...
 */
import { isProcessGone, ownerOfThisProcess, systemClock, createLocalLive } from '@telos/driver-local';
import { startWorker } from '@telos/executor';
import { link, loadProgram } from '@telos/language';
import { openChaosQueue, openChaosStore } from './places.ts';
import { chaosTools } from './tools.ts';

const [where = '', bell = '', log = ''] = process.argv.slice(2);

// A fault of the network is met, reported and outlived; anything else must not happen.
startWorker(
  {
    store: await openChaosStore(where),
    queue: await openChaosQueue(bell),
    elsewhere: bell !== 'local:',
    live: createLocalLive(),
    clock: systemClock,
    tools: chaosTools(log),
    checks: new Map(),
    language: { link, loadProgram },
    secret: () => undefined,
    random: Math.random,
    isGone: isProcessGone,
    report: ({ message }) => void process.stderr.write(`${message}\n`),
  },
  { owner: ownerOfThisProcess(), concurrency: 4, leaseMs: 1500 },
);
process.stdout.write('ready\n');
// Sleeps of the clock hold no process open.
setInterval(() => {}, 60_000);
