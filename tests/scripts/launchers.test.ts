import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { launchersOf } from '../../scripts/start/launchers.ts';
import type { Looked } from '../../scripts/start/launchers.ts';
import { root } from '../architecture/repository.ts';

/** Processes from this one outwards, numbered from 10. */
function around(...commands: readonly string[]): readonly number[] {
  const table = new Map<number, Looked>(
    commands.map((command, index) => [10 + index, { parent: 11 + index, command }]),
  );
  return launchersOf(10, (pid) => table.get(pid));
}

describe('the launchers of `pnpm start`', () => {
  it('are the package managers around it and the shells between them', () => {
    const chain = around(
      'sh -c node scripts/start.ts',
      'pnpm start',
      "sh -c 'pnpm' start",
      'npm exec pnpm@12 start',
      '-bash',
    );
    expect(chain).toEqual([10, 11, 12, 13]);
    expect(around('sh -c x', 'node /usr/lib/node_modules/npm/bin/npx-cli.js -y pnpm@12 start', 'systemd')).toEqual([
      10, 11,
    ]);
  });

  it('do not include what somebody has started them from', () => {
    expect(around('sh -c x', 'pnpm start', "bash -c 'make serve; echo done'")).toEqual([10, 11]);
    expect(around('vim scripts/start.ts')).toEqual([]);
    expect(around('sh -c node x.js', 'code src/pnpmish')).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('are missed when the outermost is ended by %s', async (signal) => {
    const folder = mkdtempSync(join(tmpdir(), 'telos-launchers-'));
    const inner = join(folder, 'inner.ts');
    const middle = join(folder, 'pnpm.mjs');
    const outer = join(folder, 'npx-cli.mjs');
    writeFileSync(
      inner,
      `import { whenLauncherGone } from '${join(root, 'scripts/start/launchers.ts')}';
process.on('SIGTERM', () => {});
whenLauncherGone(() => { console.log('gone'); process.exit(); });
console.log('ready');
setInterval(() => {}, 1000);
`,
    );
    const inherit = (file: string): string =>
      `import { spawn } from 'node:child_process'; spawn(process.execPath, ['--no-warnings', '${file}'], { stdio: 'inherit' });`;
    writeFileSync(middle, inherit(inner));
    writeFileSync(outer, inherit(middle));
    const child = spawn(process.execPath, [outer], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    onTestFinished(() => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // All of them have ended.
      }
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    while (!output.includes('ready')) await once(child.stdout, 'data');
    child.kill(signal);
    while (!output.includes('gone')) await once(child.stdout, 'data');
  });
});
