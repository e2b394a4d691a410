/** E: one run of 10,000 steps in sequence: the cost of a step in the first and in the last tenth. */
import { openBenchEngine } from '../bench-engine.ts';
import { expectEqual, inFolder, outputOf, peakMiB, report, round } from '../report.ts';

await inFolder(async (dir) => {
  const n = 10_000;
  const stamps: number[] = [];
  const engine = await openBenchEngine({
    dir,
    durability: 'full',
    step(run, i) {
      stamps.push(performance.now());
      return outputOf(run, i);
    },
  });
  expectEqual(await engine.finish(await engine.begin('chain', 'warm', 200)), 200, 'outputs');
  stamps.length = 0;
  expectEqual(await engine.finish(await engine.begin('chain', 'e', n)), n, 'outputs');
  const gaps = stamps.slice(1).map((stamp, i) => stamp - (stamps[i] ?? stamp));
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
  const first = median(gaps.slice(5, n / 10));
  const last = median(gaps.slice(-n / 10));
  report('E', {
    steps: n,
    first_tenth_ms: round(first),
    last_tenth_ms: round(last),
    growth: round(last / first),
    peak_mib: peakMiB(),
  });
  await engine.stop();
});
