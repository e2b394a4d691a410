/** C: one run of 1,000 (10,000) parallel steps and a join: how cost grows. */
import { openBenchEngine } from '../bench-engine.ts';
import { expectEqual, inFolder, outputOf, peakMiB, report, round } from '../report.ts';

await inFolder(async (dir) => {
  let steps = 0;
  const engine = await openBenchEngine({ dir, durability: 'full', step: (run, i) => ((steps += 1), outputOf(run, i)) });
  const times: number[] = [];
  for (const n of [10, 1000, 10_000]) {
    const run = await engine.begin('fan', `c${n}`, n);
    steps = 0;
    const from = performance.now();
    expectEqual(await engine.finish(run), n, 'outputs');
    times.push(performance.now() - from);
    expectEqual(steps, n, 'steps');
  }
  const [, thousand = Number.NaN, tenThousand = Number.NaN] = times;
  report('C', {
    ms_1k: round(thousand),
    ms_10k: round(tenThousand),
    growth_10k_1k: round(tenThousand / thousand),
    peak_mib: peakMiB(),
  });
  await engine.stop();
});
