/**
 * `pnpm start`: serves Telos on http://127.0.0.1:7420, runs the quickstart once
 * through REST, shows what came out, and serves until Ctrl-C. With `--once` it
 * ends after the run, with the run's exit code.
 */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { whenLauncherGone } from './start/launchers.ts';
import { quickstartLines, runQuickstart } from './start/quickstart.ts';
import { startServer } from './start/server.ts';
import { buildStudio } from './start/studio.ts';

const root = dirname(import.meta.dirname);
const once = process.argv.includes('--once');

const unknown = process.argv.slice(2).find((word) => word !== '--once' && word !== '--');
if (unknown === undefined) {
  process.exitCode = await main();
} else {
  console.error(`\`pnpm start\` does not know ${unknown}; it takes --once. For more, use \`pnpm telos serve\`.`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  whenLauncherGone(() => interruption.abort());
  const interrupted = interruption.signal;

  buildStudio(root);
  spawnSync(process.execPath, [join(root, 'scripts/bundle.ts')], { stdio: 'inherit' });
  await setImmediate(); // a signal that came meanwhile is heard now
  if (interrupted.aborted) return 130;

  const at = once ? { port: 7420, orAnyOther: true } : { port: 7420 };
  const server = await startServer(root, at, interrupted);
  if ('exitCode' in server) return interrupted.aborted ? 130 : server.exitCode;
  try {
    const result = await runQuickstart(root, server.url);
    console.log(quickstartLines(result, once ? undefined : server.url).join('\n'));
    if (once) return result.status === 'succeeded' ? 0 : 1;
    console.log(`Serving on ${server.url} until Ctrl-C.`);
    await server.ended;
    return 0;
  } catch (error) {
    if (interrupted.aborted) return 130;
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await server.stop();
  }
}
