import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { isProcessGone, ownerOfThisProcess } from './process-owner.ts';

describe('an owner that is a process of this machine', () => {
  it('is not gone while the process runs', () => {
    expect(isProcessGone(ownerOfThisProcess())).toBe(false);
  });

  it('is gone once the process has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    await once(child, 'spawn');
    const [where, , , tail] = ownerOfThisProcess().split('/');
    const { readFileSync } = await import('node:fs');
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    const owner = [where, child.pid, start, tail].join('/');
    expect(isProcessGone(owner)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isProcessGone(owner)).toBe(true);
  });

  it('is gone when its number belongs to a process that started later', () => {
    const [where, pid, , tail] = ownerOfThisProcess().split('/');
    expect(isProcessGone([where, pid, '1', tail].join('/'))).toBe(true);
  });

  it.each(['worker-1', 'elsewhere:boot:pid/1/2/3', '', 'a/b/c/d'])(
    'of which nothing is known (%j) is not said to be gone',
    (owner) => {
      expect(isProcessGone(owner)).toBe(false);
    },
  );
});
