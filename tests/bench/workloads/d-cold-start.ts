/** D: from the start of a process to its first finished run: the engine alone, and the command line as a whole. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBenchEngine } from '../bench-engine.ts';
import { expectEqual, inFolder, outputOf, percentile, report, round } from '../report.ts';

const root = join(import.meta.dirname, '../../..');
const threeSteps = `telos: 1
id: three
steps:
  - { id: a, uses: transform, with: { value: 1 } }
  - { id: b, uses: transform, with: { value: "\${{ steps.a.output + 1 }}" } }
  - { id: c, uses: transform, with: { value: "\${{ steps.b.output + 1 }}" } }
outputs: { value: "\${{ steps.c.output }}" }
`;

const [phase, dir] = process.argv.slice(2);
if (phase === 'once' && dir !== undefined) {
  const engine = await openBenchEngine({ dir, durability: 'full', step: outputOf });
  expectEqual(await engine.finish(await engine.begin('chain', 'd', 10)), 10, 'outputs');
  await engine.stop();
} else {
  await inFolder(async (folder) => {
    const file = join(folder, 'three.yaml');
    writeFileSync(file, threeSteps);
    mkdirSync(join(folder, 'engine'));
    const telos = join(root, 'packages/cli/bin/telos.js');
    const timed = (args: readonly string[], cwd: string): number => {
      const from = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
      return performance.now() - from;
    };
    const median = (args: readonly string[], cwd = folder): number => {
      timed(args, cwd);
      return round(
        percentile(
          Array.from({ length: 9 }, () => timed(args, cwd)),
          0.5,
        ),
      );
    };
    report('D', {
      bare_node_ms: median(['-e', '0']),
      engine_ms: median(
        ['--conditions=source', '--no-warnings', import.meta.filename, 'once', join(folder, 'engine')],
        root,
      ),
      telos_check_ms: median([telos, 'check', file]),
      telos_run_ms: median([telos, 'run', file, '--json']),
    });
  });
}
