import { createServer } from 'node:net';
import { parseApiKeys, serveApi } from '@telos/api';
import type { ApiKeys } from '@telos/api';
import { publishWorkflow } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import type { Store } from '@telos/core';
import { refusedUrl } from '@telos/tools';
import { calibrationsIn } from '../calibration/calibration-of.ts';
import { testsOfRuns } from '../cases/tests-of-runs.ts';
import { defineCommand, jsonOption } from '../command/command.ts';
import { createCompileApart } from '../compose/compile-apart.ts';
import { drainOf, drainOption } from '../command/drain.ts';
import { portOf } from '../command/option-values.ts';
import { composeEngine } from '../compose/engine.ts';
import type { Engine } from '../compose/engine.ts';
import { noTriggersOption, startUpkeep } from '../compose/upkeep.ts';
import type { Upkeep } from '../compose/upkeep.ts';
import { studioFolder, version } from '../compose/installation.ts';
import { shownPlace } from '../compose/open-store.ts';
import { buildSampleData } from '../compose/sample-data.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/config.ts';
import { createExperiments } from '../eval/experiments.ts';
import { exitCodes } from '../exit-codes.ts';
import { logAnswer } from '../log/log-answer.ts';
import { logRuns } from '../log/log-runs.ts';
import { openLog } from '../log/open-log.ts';
import { libraryFile, libraryNames, readWorkflowFile } from '../inputs/workflow-file.ts';
import { writerOf } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';

export const serve = defineCommand({
  name: 'serve',
  summary:
    'Serves the API and the studio, publishes the workflows in workflows/, and carries out runs. Ctrl-C ends it.',
  words: [],
  options: {
    port: { type: 'value', value: 'port', about: 'where to listen; 7420 when absent, 0 for any that is free' },
    host: {
      type: 'value',
      value: 'host',
      about: 'the address to listen on; 127.0.0.1 when absent; any other needs TELOS_API_KEYS, or `telos keys add`',
    },
    drain: drainOption,
    'no-triggers': noTriggersOption,
    'no-worker': { type: 'flag', about: 'only serve; leave runs to other processes' },
    json: jsonOption,
  },
  examples: ['telos serve', 'TELOS_API_KEYS=... telos serve --host 0.0.0.0'],
  async run({ options }, terminal) {
    const host = options.host ?? '127.0.0.1';
    const drainMs = drainOf(options.drain);
    const port = portOf('port', options.port ?? '7420') || (await freePort(host));
    const settings = await loadConfig(terminal.environment, terminal.folder);
    // A workflow may call the server that runs it.
    const config = { ...settings, allowedHosts: [...settings.allowedHosts, `127.0.0.1:${port}`] };
    const writer = writerOf(terminal, options.json);
    const log = openLog(config, terminal);
    buildSampleData(terminal.folder);
    const engine = await composeEngine({
      config,
      environment: terminal.environment,
      workspace: terminal.folder,
      report: log.report,
      watcher: logRuns(log),
    });
    const interrupted = Promise.withResolvers<void>();
    const stopListening = terminal.onInterrupt(() => interrupted.resolve());
    try {
      const keys = await keysOf(config, engine.store);
      const studio = studioFolder();
      const experiments = createExperiments(engine, (error, about) =>
        log.report({ message: `${about}: ${error instanceof Error ? error.message : String(error)}` }),
      );
      let upkeep: Upkeep | undefined;
      const served = await serveApi(
        {
          ...engine,
          compileApart: createCompileApart(config, terminal.folder),
          version: version(),
          calibrationOf: calibrationsIn(
            config.home,
            () => engine.catalog.checks,
            () => terminal.now(),
          ),
          experiments,
          testOf: testsOfRuns(engine.store, {
            config,
            environment: terminal.environment,
            workspace: terminal.folder,
            report: (message) => log.report({ message }),
          }),
          moreMetrics: () => upkeep?.metrics() ?? [],
          refusedUrl: refusedUrl(config.allowedHosts),
          callbackOwed: () => upkeep?.callbackOwed(),
          origins: new Set(config.corsOrigins),
          trustedProxies: config.trustedProxies,
          ...(config.apiRate === undefined ? {} : { requestsPerMinute: config.apiRate }),
          ...(keys === undefined ? {} : { keys }),
          ...(studio === undefined ? {} : { studioFolder: studio }),
          report: (error, request) =>
            log.write('error', `Request ${request}: ${error instanceof Error ? error.message : String(error)}`, {
              request,
              code: error instanceof TelosError ? error.code : 'BUG',
            }),
          ...(log.has('info') ? { answered: (answer) => logAnswer(log, answer) } : {}),
        },
        { host, port },
      );
      try {
        await publishLibrary(engine, log.terminal);
        if (!options['no-worker']) engine.work();
        upkeep = startUpkeep(engine, log.terminal, { triggers: !options['no-triggers'] });
        writer.object({ type: 'listening', url: served.url, studio: studio !== undefined });
        writer.lines(
          `Telos listens on ${served.url} (API under /v1, described at /docs${studio === undefined ? '' : ', studio at /'}).`,
          `Runs are kept in ${shownPlace(config)}. Ctrl-C ends it; unfinished runs go on at the next start.`,
        );
        await interrupted.promise;
      } finally {
        await upkeep?.stop();
        await served.close();
        await experiments.close();
      }
      return exitCodes.succeeded;
    } finally {
      stopListening();
      await engine.close({ drainMs });
    }
  },
});

/** Whoever was given a key once, by the settings or in the store, has a server that asks for one from its start on: also when all were revoked. */
async function keysOf({ apiKeys }: Config, { keys }: Store): Promise<ApiKeys | undefined> {
  if (apiKeys !== undefined) return parseApiKeys(apiKeys);
  return (await keys.list()).length > 0 ? { holders: [] } : undefined;
}

/** Publishes every workflow of `workflows/` that compiles; those that do not are named and left out. */
async function publishLibrary(engine: Engine, terminal: Terminal): Promise<void> {
  for (const name of libraryNames(terminal.folder)) {
    const file = libraryFile(name, terminal.folder);
    if (file === undefined) continue;
    try {
      await publishWorkflow(engine, readWorkflowFile(file, terminal.folder, engine.isWithheld));
    } catch (error) {
      if (!(error instanceof TelosError)) throw error;
      terminal.complain(`${file} is not published. ${error.message}\n`);
    }
  }
}

/** A port that nobody listens on at this moment, so that it is known before anything listens. 0 when `host` is none of ours: listening says why. */
function freePort(host: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(0));
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
