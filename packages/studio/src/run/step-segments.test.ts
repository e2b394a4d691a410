import { describe, expect, it } from 'vitest';
import { segmentsOf } from './step-segments.ts';
import { timeScale } from './time-scale.ts';

describe('the bar of a step', () => {
  const call = { kind: 'chat', name: 'm', startedAt: 10, endedAt: 20, failed: false } as const;

  it('shows attempts, what it waited for between and within them, and the calls inside', () => {
    const segments = segmentsOf(
      [
        { attempt: 1, status: 'rejected', startedAt: 0, endedAt: 25, calls: [call] },
        {
          attempt: 2,
          status: 'running',
          startedAt: 50,
          calls: [{ ...call, kind: 'tool', startedAt: 75, endedAt: 100, failed: true }],
        },
      ],
      [
        { for: 'retry', startedAt: 25, endedAt: 50 },
        { for: 'limit', startedAt: 50, endedAt: 75 },
      ],
      timeScale(0, 100),
      100,
    );
    expect(segments).toEqual([
      { kind: 'attempt', tone: 'rejected', left: 0, width: 25 },
      { kind: 'attempt', tone: 'running', left: 50, width: 50 },
      { kind: 'idle', tone: 'retry', left: 25, width: 25 },
      { kind: 'idle', tone: 'limit', left: 50, width: 25 },
      { kind: 'call', tone: 'model', left: 10, width: 10 },
      { kind: 'call', tone: 'failed', left: 75, width: 25 },
    ]);
  });

  it('draws no more than can be told apart', () => {
    const calls = Array.from({ length: 5_000 }, () => call);
    const attempts = [{ attempt: 1, status: 'succeeded', startedAt: 0, calls }] as const;
    expect(segmentsOf(attempts, [], timeScale(0, 100), 100)).toHaveLength(200);
  });
});
