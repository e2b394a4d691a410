/** F: 200 runs of 10 steps of 20 ms, kill -9 half way, restart: time to all done, steps lost and repeated. */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBenchEngine } from '../bench-engine.ts';
import type { BenchEngine } from '../bench-engine.ts';
import { expectEqual, inFolder, outputOf, report, round } from '../report.ts';

const runs = 200;
const length = 10;

function open(dir: string): Promise<BenchEngine> {
  return openBenchEngine({
    dir,
    durability: 'full',
    async step(run, i) {
      appendFileSync(join(dir, 'steps.log'), `${run} ${i}\n`);
      await sleep(20);
      return outputOf(run, i);
    },
  });
}

function logged(dir: string): readonly string[] {
  try {
    return readFileSync(join(dir, 'steps.log'), 'utf8').trim().split('\n');
  } catch {
    return [];
  }
}

const [phase, dir] = process.argv.slice(2);
if (phase === 'begin' && dir !== undefined) {
  const engine = await open(dir);
  await Promise.all(Array.from({ length: runs }, (_, i) => engine.begin('chain', `f${i}`, length)));
  await sleep(600_000);
} else if (phase === 'finish' && dir !== undefined) {
  const engine = await open(dir);
  const begun = await engine.runs();
  expectEqual(begun.size, runs, 'runs in the store');
  for (const run of begun.values()) expectEqual(await engine.finish(run), length, 'outputs');
  await engine.stop();
} else {
  await inFolder(async (folder) => {
    const start = (what: string): ReturnType<typeof spawn> =>
      spawn(process.execPath, ['--conditions=source', '--no-warnings', import.meta.filename, what, folder], {
        stdio: 'inherit',
      });
    const exit = (child: ReturnType<typeof spawn>): Promise<number | null> =>
      new Promise((resolve) => child.once('exit', resolve));
    const first = start('begin');
    const died = exit(first);
    while (logged(folder).length < (runs * length) / 2) await sleep(5);
    first.kill('SIGKILL');
    await died;
    const before = logged(folder).length;
    const from = performance.now();
    expectEqual((await exit(start('finish'))) ?? -1, 0, 'exit code after the restart');
    const ms = performance.now() - from;
    const all = logged(folder);
    const distinct = new Set(all).size;
    report('F', {
      killed_after_steps: before,
      recover_ms: round(ms),
      lost_steps: runs * length - distinct,
      repeated_steps: all.length - distinct,
    });
    expectEqual(distinct, runs * length, 'steps');
  });
}
