import { TelosError } from '@telos/core';
import { defineCommand, jsonOption } from '../command/command.ts';
import { drainOf, drainOption } from '../command/drain.ts';
import { portOf, wholeNumberIn } from '../command/option-values.ts';
import { composeEngine } from '../compose/engine.ts';
import { shownPlace } from '../compose/open-store.ts';
import { serveHealth } from '../compose/serve-health.ts';
import type { HealthServer } from '../compose/serve-health.ts';
import { noTriggersOption, startUpkeep } from '../compose/upkeep.ts';
import type { Upkeep } from '../compose/upkeep.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { logRuns } from '../log/log-runs.ts';
import { openLog } from '../log/open-log.ts';
import { writerOf } from '../output/writer.ts';

export const worker = defineCommand({
  name: 'worker',
  summary:
    'Takes up runs, and steps of runs that other workers own, until Ctrl-C or SIGTERM. Start as many as you like, on one machine or on many.',
  words: [],
  options: {
    queues: { type: 'value', value: 'names', about: 'queues to serve, with commas between them; default when absent' },
    concurrency: { type: 'value', value: 'number', about: 'steps under way at a time; 50 when absent' },
    drain: drainOption,
    'health-port': {
      type: 'value',
      value: 'port',
      about: 'answer GET /healthz, /readyz and /metrics there, on 127.0.0.1; nothing listens when absent',
    },
    'no-triggers': noTriggersOption,
    json: jsonOption,
  },
  examples: ['telos worker', 'telos worker --queues default,gpu --concurrency 8'],
  async run({ options }, terminal) {
    const queues = queuesOf(options.queues);
    const concurrency = wholeNumberIn('concurrency', options.concurrency ?? '50', 1, 10_000);
    const drainMs = drainOf(options.drain);
    const healthPort = options['health-port'] === undefined ? undefined : portOf('health-port', options['health-port']);
    const config = await loadConfig(terminal.environment, terminal.folder);
    const writer = writerOf(terminal, options.json);
    const log = openLog(config, terminal);
    const engine = await composeEngine({
      config,
      environment: terminal.environment,
      workspace: terminal.folder,
      report: log.report,
      watcher: logRuns(log),
    });
    const interrupted = Promise.withResolvers<void>();
    const stopListening = terminal.onInterrupt(() => interrupted.resolve());
    let health: HealthServer | undefined;
    let isDraining = false;
    try {
      const { owner } = engine.work({ queues, concurrency });
      let upkeep: Upkeep | undefined;
      if (healthPort !== undefined) {
        const metrics = (): readonly string[] => upkeep?.metrics() ?? [];
        health = await serveHealth(healthPort, { store: engine.store, metrics, isDraining: () => isDraining });
      }
      upkeep = startUpkeep(engine, log.terminal, { triggers: !options['no-triggers'] });
      try {
        writer.object({
          type: 'working',
          owner,
          queues,
          concurrency,
          ...(health === undefined ? {} : { health: health.url }),
        });
        writer.lines(
          `Takes up runs and steps of ${queues.join(', ')}, ${concurrency} steps at a time; runs are kept in ${shownPlace(config)}.`,
          'Ctrl-C ends it: steps under way are waited for, the rest goes on elsewhere.',
        );
        await interrupted.promise;
        isDraining = true;
        writer.object({ type: 'draining' });
      } finally {
        await upkeep.stop();
      }
      return exitCodes.succeeded;
    } finally {
      stopListening();
      // It answers as long as it lives: who asks is not to take one that drains for dead.
      await engine.close({ drainMs });
      await health?.close();
    }
  },
});

function queuesOf(text = 'default'): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !/^[a-z][a-z0-9_]*$/.test(name));
  if (wrong === undefined) return [...new Set(names)];
  throw new TelosError('USAGE', `--queues ${text}: \`${wrong}\` is no name of a queue.`, {
    next: 'Write names like `--queues default,gpu`.',
  });
}
