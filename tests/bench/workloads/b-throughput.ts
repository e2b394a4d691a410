/** B: 2,000 runs of 10 steps, 100 in flight. */
import { openBenchEngine } from '../bench-engine.ts';
import { deviceFlushes, expectEqual, inFolder, outputOf, peakMiB, report, round } from '../report.ts';

await inFolder(async (dir) => {
  let steps = 0;
  const engine = await openBenchEngine({ dir, durability: 'full', step: (run, i) => ((steps += 1), outputOf(run, i)) });
  const one = async (name: string): Promise<number> => engine.finish(await engine.begin('chain', name, 10));
  await Promise.all(Array.from({ length: 20 }, (_, i) => one(`warm${i}`)));
  steps = 0;
  let next = 0;
  const flushes = deviceFlushes();
  const from = performance.now();
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      while (next < 2000) expectEqual(await one(`b${next++}`), 10, 'outputs');
    }),
  );
  const seconds = (performance.now() - from) / 1000;
  expectEqual(steps, 20_000, 'steps');
  report('B', {
    runs: 2000,
    steps_per_s: Math.round(steps / seconds),
    flushes_per_step: round((deviceFlushes() - flushes) / steps),
    peak_mib: peakMiB(),
  });
  await engine.stop();
});
