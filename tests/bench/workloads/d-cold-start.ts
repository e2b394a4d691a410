/** D: from the start of a process to its first finished run: the engine alone, and the command line as a whole. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaOfBench } from '../bench-store.ts';
import { inFolder, percentile, report, round } from '../report.ts';

const root = join(import.meta.dirname, '../../..');
const threeSteps = `telos: 1
id: three
steps:
  - { id: a, uses: transform, with: { value: 1 } }
  - { id: b, uses: transform, with: { value: "\${{ steps.a.output + 1 }}" } }
  - { id: c, uses: transform, with: { value: "\${{ steps.b.output + 1 }}" } }
outputs: { value: "\${{ steps.c.output }}" }
`;

/** Opens the bundled engine, runs ten steps, and says how long the process has been up by then, in milliseconds. */
const firstRun = `
import { openBenchEngine } from './engine.mjs';
const engine = await openBenchEngine({ dir: 'data_${process.pid}', durability: 'full', step: (run, i) => ({ run, i, v: 1 }) });
if ((await engine.finish(await engine.begin('chain', 'd', 10))) !== 10) throw new Error('outputs');
console.log(process.uptime() * 1000);
await engine.stop();
`;

await inFolder(async (folder) => {
  const file = join(folder, 'three.yaml');
  writeFileSync(file, threeSteps);
  writeFileSync(join(folder, 'first-run.mjs'), firstRun);
  mkdirSync(join(folder, `data_${process.pid}`));
  const database = schemaOfBench(`d_${process.pid}`);
  const env = {
    ...process.env,
    NODE_COMPILE_CACHE: join(folder, 'cache'),
    ...(database === undefined ? {} : { TELOS_DATABASE_URL: database }),
  };
  const node = (args: readonly string[], cwd = folder): string => {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
    return stdout;
  };
  const medianOf = (measure: () => number): number => {
    measure();
    measure();
    return round(percentile(Array.from({ length: 9 }, measure), 0.5));
  };
  const wholeProcess = (args: readonly string[]): number =>
    medianOf(() => {
      const from = performance.now();
      node(args);
      return performance.now() - from;
    });
  // What users run is bundled: `pnpm start` and `pnpm build` see to that.
  node(['--conditions=source', '--no-warnings', 'scripts/bundle.ts'], root);
  node(['--conditions=source', '--no-warnings', 'tests/bench/bundle.ts', join(folder, 'engine.mjs')], root);
  const telos = join(root, 'packages/cli/bin/telos.js');
  report('D', {
    bare_node_ms: wholeProcess(['-e', '0']),
    engine_first_run_ms: medianOf(() => Number(node(['first-run.mjs']))),
    telos_check_ms: wholeProcess([telos, 'check', file]),
    telos_run_ms: wholeProcess([telos, 'run', file, '--json']),
  });
});
