/**
 * `pnpm start [--port N]`: serves Telos on http://127.0.0.1:7420, runs the quickstart once
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

const port = portIn(process.argv);

const unknown = process.argv
  .slice(2)
  .find((word, index, words) => !['--once', '--port', '--'].includes(word) && words[index - 1] !== '--port');
if (port === undefined) {
  console.error('--port needs a number from 0 to 65535, like --port 7533.');
  process.exitCode = 2;
} else if (unknown === undefined) {
  process.exitCode = await main(port);
} else {
  console.error(
    `\`pnpm start\` does not know ${unknown}; it takes --once and --port. For more, use \`pnpm telos serve\`.`,
  );
  process.exitCode = 2;
}

/** The port that is asked for; undefined when what follows `--port` is none. */
function portIn(words: readonly string[]): number | undefined {
  const at = words.indexOf('--port');
  if (at === -1) return 7420;
  const word = words[at + 1] ?? '';
  const number = Number(word);
  return /^\d{1,5}$/.test(word) && number <= 65_535 ? number : undefined;
}

async function main(chosen: number): Promise<number> {
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort());
  whenLauncherGone(() => interruption.abort());
  const interrupted = interruption.signal;

  buildStudio(root);
  spawnSync(process.execPath, [join(root, 'scripts/bundle.ts')], { stdio: 'inherit' });
  await setImmediate(); // a signal that came meanwhile is heard now
  if (interrupted.aborted) return 130;

  const at = once ? { port: chosen, orAnyOther: true } : { port: chosen };
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
