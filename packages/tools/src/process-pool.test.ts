import { expect, it, describe } from 'vitest';
import { ask, createProcessPool } from './process-pool.ts';

const program = new URL('./db-query/sqlite-child.ts', import.meta.url);
const never = new AbortController().signal;

describe('a pool of processes', () => {
  it('gives a process that came free to who still waits, not to who has left', async () => {
    const pool = createProcessPool(program, { most: 1 });
    const child = await pool.take(never);
    const leaving = new AbortController();
    const left = pool.take(leaving.signal);
    const waiting = pool.take(never);
    leaving.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    pool.giveBack(child);
    expect(await waiting).toBe(child);
    child.kill();
  });

  it('starts another in place of one that was killed', async () => {
    const pool = createProcessPool(program, { most: 1 });
    const first = await pool.take(never);
    const waiting = pool.take(never);
    first.kill('SIGKILL');
    const second = await waiting;
    expect(second.pid).not.toBe(first.pid);
    second.kill();
  });

  it('gives its processes nothing of the environment', async () => {
    const pool = createProcessPool(new URL('./testing/environment-child.ts', import.meta.url), { most: 1 });
    const child = await pool.take(never);
    const environment = await new Promise((resolve) => child.once('message', resolve));
    expect(Object.keys(environment as object).filter((name) => name !== 'NODE_CHANNEL_FD')).toEqual([]);
    child.kill();
  });

  it('says what it means that a process ended before it replied', async () => {
    const pool = createProcessPool(program, { most: 1 });
    const asking = { signal: never, read: () => undefined, ended: () => 'gone' };
    const child = await pool.take(never);
    const asked = ask(child, {}, asking);
    child.kill('SIGKILL');
    expect(await asked).toBe('gone');
    const next = await pool.take(never);
    next.kill('SIGKILL');
    await expect(ask(next, {}, { ...asking, ended: () => new Error('ended early') })).rejects.toThrow('ended early');
  });
});
