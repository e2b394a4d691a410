/** A: a run of 10 steps in sequence, one run at a time. */
import { openBenchEngine } from '../bench-engine.ts';
import { deviceFlushes, expectEqual, inFolder, outputOf, percentile, report, round } from '../report.ts';

await inFolder(async (dir) => {
  let steps = 0;
  const engine = await openBenchEngine({ dir, durability: 'full', step: (run, i) => ((steps += 1), outputOf(run, i)) });
  const one = async (name: string): Promise<number> => engine.finish(await engine.begin('chain', name, 10));
  for (let i = 0; i < 15; i++) await one(`warm${i}`);
  steps = 0;
  const flushes = deviceFlushes();
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const from = performance.now();
    expectEqual(await one(`a${i}`), 10, 'outputs');
    times.push(performance.now() - from);
  }
  expectEqual(steps, 2000, 'steps');
  report('A', {
    runs: 200,
    run_p50_ms: round(percentile(times, 0.5)),
    run_p99_ms: round(percentile(times, 0.99)),
    flushes_per_step: round((deviceFlushes() - flushes) / 2000),
  });
  await engine.stop();
});
