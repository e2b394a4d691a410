import { aNewRun } from '@telos/testkit';
import { describe, expect, it } from 'vitest';
import { formBeginnings, formGroup, writesOf } from './form-group.ts';
import type { AcquireWrite, AppendWrite, Write } from './write.ts';

const waiting = { resolve: () => {}, reject: () => {} };

function append(run: string, after: number, count = 1, more: Partial<AppendWrite> = {}): AppendWrite {
  const lease = { run, owner: 'owner', epoch: 1 };
  return {
    kind: 'append',
    lease,
    after,
    count,
    text: '[]',
    ends: false,
    settles: [],
    change: undefined,
    waiting: undefined,
    ...waiting,
    ...more,
  };
}

function acquire(run: string, owner: string): AcquireWrite {
  return { kind: 'acquire', run, owner, ttlMs: 1000, ...waiting };
}

function create(run: string): Write {
  return { kind: 'create', text: '[]', run: aNewRun({ id: run }), ...waiting };
}

function chainsOf(...writes: readonly Write[]) {
  const { group, left } = formGroup(writes);
  return { chains: group.chains.map((chain) => chain.map(({ after }) => after)), left: left.length };
}

describe('a group of writes', () => {
  it('has one chain for each run, of the appends that follow on each other', () => {
    const writes = [append('a', 1), append('b', 7, 3), append('a', 2, 2), append('b', 10), append('a', 4)];
    expect(chainsOf(...writes)).toEqual({
      chains: [
        [1, 2, 4],
        [7, 10],
      ],
      left: 0,
    });
  });

  it('leaves an append that does not follow, and all of its run behind it, for the next', () => {
    const writes = [append('a', 1), append('a', 1), append('a', 2), append('b', 1), append('a', 3)];
    const { group, left } = formGroup(writes);
    expect(group.chains.map((chain) => chain.length)).toEqual([1, 1]);
    expect(left).toEqual([writes[1], writes[2], writes[4]]);
  });

  it('lets nothing follow the end of a run, an append of another lease, or one that is to be judged by itself', () => {
    expect(chainsOf(append('a', 1, 1, { ends: true }), append('a', 2))).toEqual({ chains: [[1]], left: 1 });
    const other = { run: 'a', owner: 'owner', epoch: 2 };
    expect(chainsOf(append('a', 1), append('a', 2, 1, { lease: other }))).toEqual({ chains: [[1]], left: 1 });
    expect(chainsOf(append('a', 1, 1, { alone: true }), append('a', 2))).toEqual({ chains: [[1]], left: 1 });
    expect(chainsOf(append('a', 1), append('a', 2, 1, { alone: true }))).toEqual({ chains: [[1]], left: 1 });
  });

  it('leaves what the owner of a new run appends behind its creation', () => {
    const alone = (run: string): Write => ({
      kind: 'create',
      text: '[]',
      run: aNewRun({ id: run, created: { concurrency: { key: 'one', max: 1, whenFull: 'replace' } } }),
      ...waiting,
    });
    const writes = [alone('a'), append('a', 1), alone('b'), append('b', 1), append('b', 2)];
    const { group, left } = formGroup(writes);
    expect(group.chains.map(([first]) => first?.lease.run)).toEqual(['a']);
    expect(left).toEqual(writes.slice(2));
  });

  it('asks once for the lease of a run, for whoever came first', () => {
    const writes = [acquire('a', 'first'), acquire('b', 'first'), acquire('a', 'second')];
    const { group, left } = formGroup(writes);
    expect(group.acquire).toEqual([writes[0], writes[1]]);
    expect(left).toEqual([writes[2]]);
  });

  it('is bounded in size, but takes one append of any size', () => {
    const text = 'x'.repeat(3_000_000);
    const writes = [append('a', 1, 1, { text }), append('b', 1, 1, { text }), append('c', 1), append('b', 2)];
    const { group, left } = formGroup(writes);
    expect(writesOf(group)).toEqual([writes[0], writes[2]]);
    expect(left).toEqual([writes[1], writes[3]]);
    const huge = append('a', 1, 1, { text: text + text });
    expect(writesOf(formGroup([huge]).group)).toEqual([huge]);
  });
});

describe('a group of new runs, beside the one that is under way', () => {
  it('has what their owners append to them, and nothing of other runs', () => {
    const writes = [append('a', 1), create('b'), acquire('a', 'owner'), append('b', 1), append('a', 2), create('c')];
    const { group, left } = formBeginnings(writes);
    expect(writesOf(group)).toEqual([writes[1], writes[5], writes[3]]);
    expect(left).toEqual([writes[0], writes[2], writes[4]]);
  });

  it('overtakes nothing that was asked of these runs in between', () => {
    const lease = { run: 'b', owner: 'owner', epoch: 1 };
    const writes: readonly Write[] = [
      create('b'),
      append('b', 1),
      { kind: 'release', lease, ...waiting },
      append('b', 2),
    ];
    const { group, left } = formBeginnings(writes);
    expect(writesOf(group)).toEqual(writes.slice(0, 2));
    expect(left).toEqual(writes.slice(2));
  });

  it('keeps everything that concerns these runs waiting until they are there', () => {
    const lease = { run: 'b', owner: 'owner', epoch: 1 };
    const task = { run: 'b', path: 'a', attempt: 1 };
    const message = { id: 'm', kind: 'pause' } as const;
    const ofNew: readonly Write[] = [
      append('b', 1),
      acquire('b', 'other'),
      { kind: 'renew', leases: [{ ...lease, run: 'a' }, lease], ttlMs: 1000, ...waiting },
      { kind: 'release', lease, ...waiting },
      { kind: 'post', run: 'b', message, ...waiting },
      { kind: 'claim', task, worker: 'other', ...waiting },
      { kind: 'callOff', tasks: [task], ...waiting },
      { kind: 'forget', tasks: [task], ...waiting },
    ];
    const { group, left } = formGroup([...ofNew, append('a', 1)], new Set(['b']));
    expect(writesOf(group)).toHaveLength(1);
    expect(left).toEqual(ofNew);
  });
});
