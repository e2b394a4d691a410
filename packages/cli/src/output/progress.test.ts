import { describe, expect, it } from 'vitest';
import type { RunEvent, Usage } from '@telos/core';
import { Progress } from './progress.ts';
import { progressLines } from './progress-lines.ts';
import { resultLines } from './run-result.ts';

const usage: Usage = { input_tokens: 900, output_tokens: 300, usd: 0.02, ms: 100, calls: 1 };
const value = { value: null };

function lines(
  events: readonly RunEvent[],
  options: Partial<Parameters<typeof progressLines>[1]> = {},
): readonly string[] {
  const progress = new Progress();
  for (const event of events) progress.apply(event);
  return progressLines(progress, { now: 10_000, columns: 100, rows: 50, colour: false, ...options });
}

const started = (path: string, at: number, attempt = 1): RunEvent => ({ type: 'step.started', at, path, attempt });
const succeeded = (path: string, at: number): RunEvent => ({
  type: 'step.succeeded',
  at,
  path,
  attempt: 1,
  output: value,
});

describe('the tree of a run', () => {
  it('says that a step waits for a rate limit, for as long as it does', () => {
    const waited = {
      at: 2000,
      path: 'write',
      attempt: 1,
      limit: { of: 'openai', unit: 'requests', perMinute: 5 },
    } as const;
    const events: RunEvent[] = [started('write', 0), { type: 'call.waiting', ...waited }];
    expect(lines(events)[0]).toContain('waits for the rate limit of openai');
    expect(lines([...events, { type: 'call.admitted', ...waited }])[0]).not.toContain('rate limit');
  });

  it('shows each step with its time, tokens, money and score', () => {
    const gate = { passed: true, score: 0.875, verdicts: [], attempts: 1 };
    const events: RunEvent[] = [
      started('read', 0),
      succeeded('read', 1500),
      started('write', 1500),
      { type: 'step.succeeded', at: 4000, path: 'write', attempt: 1, output: value, usage, gate },
      started('send', 4000),
      { type: 'step.skipped', at: 4000, path: 'tell', reason: 'when' },
    ];
    expect(lines(events)).toEqual([
      '  ✓ read   1.5 s',
      '  ✓ write  2.5 s, score 0.88, 1.2k tokens, $0.02',
      '  ● send   6.0 s',
      '  – tell   skipped',
    ]);
  });

  it('says why a step failed, why it waits, and which attempt it is at', () => {
    const error = { code: 'TOOL_FAILED', kind: 'retryable' as const, message: 'no\nanswer' };
    expect(
      lines([
        started('a', 0),
        { type: 'attempt.failed', at: 1000, path: 'a', attempt: 1, error, retryAt: 3000 },
        started('b', 0),
        { type: 'step.failed', at: 500, path: 'b', attempt: 1, error },
        started('c', 0),
        { type: 'attempt.failed', at: 1000, path: 'c', attempt: 1, error, retryAt: 3000 },
        started('c', 3000, 2),
      ]),
    ).toEqual([
      '  ◌ a  10.0 s  TOOL_FAILED: no answer',
      '  ✗ b  500 ms  TOOL_FAILED: no answer',
      '  ● c  10.0 s, attempt 2',
    ]);
  });

  it('names a step inside a block by what its path adds to the block', () => {
    expect(lines(['both', 'both.left.read', 'do', 'do#1.fetch'].map((path) => started(path, 9_000)))).toEqual([
      '  ● both         1.0 s',
      '  ●   left.read  1.0 s',
      '  ● do           1.0 s',
      '  ●   #1.fetch   1.0 s',
    ]);
  });

  it('counts the items of a loop and shows those under way', () => {
    const events: RunEvent[] = [
      started('each', 0),
      { type: 'block.opened', at: 0, path: 'each', opening: { foreach: value, count: 40 } },
      ...Array.from({ length: 20 }, (_, item) => [
        started(`each[${item}].look`, 0),
        succeeded(`each[${item}].look`, 100),
      ]).flat(),
      started('each[20].look', 9000),
      started('each[21].look', 9500),
    ];
    expect(lines(events)).toEqual([
      '  ● each         10.0 s, 20/40 items',
      '  ●   [20].look  1.0 s',
      '  ●   [21].look  500 ms',
    ]);
  });

  it('folds a loop that has ended into one line, but for what failed in it', () => {
    const error = { code: 'TOOL_FAILED', kind: 'terminal' as const, message: 'gone' };
    const events: RunEvent[] = [
      started('each', 0),
      { type: 'block.opened', at: 0, path: 'each', opening: { foreach: value, count: 2 } },
      started('each[0].look', 0),
      succeeded('each[0].look', 100),
      started('each[1].look', 0),
      { type: 'step.failed', at: 100, path: 'each[1].look', attempt: 1, error },
      succeeded('each', 200),
    ];
    expect(lines(events)).toEqual(['  ✓ each        200 ms, 2/2 items', '  ✗   [1].look  100 ms  TOOL_FAILED: gone']);
  });

  it('shows the last words of a step that is writing', () => {
    const progress = new Progress();
    progress.apply(started('write', 0));
    for (const text of ['Once ', 'upon\n', 'a time']) progress.show({ type: 'text', path: 'write', attempt: 1, text });
    const drawing = { now: 1000, columns: 80, rows: 10, colour: false };
    expect(progressLines(progress, drawing)).toEqual(['  ● write  1.0 s  Once upon a time']);
    progress.show({ type: 'progress', path: 'write', attempt: 1, message: 'checking' });
    expect(progressLines(progress, drawing)).toEqual(['  ● write  1.0 s  checking']);
    for (const text of ['{"at":', '"a"}'])
      progress.show({ type: 'tool_call_piece', path: 'write', attempt: 1, index: 0, name: 'look', text });
    expect(progressLines(progress, drawing)).toEqual(['  ● write  1.0 s  calls look {"at":"a"}']);
    for (const text of ['Is it ', 'so?']) progress.show({ type: 'thought', path: 'write', attempt: 1, text });
    expect(progressLines(progress, drawing)).toEqual(['  ● write  1.0 s  thinks: Is it so?']);
    progress.show({ type: 'text', path: 'unknown', attempt: 1, text: 'x' });
    progress.apply(succeeded('write', 1000));
    expect(progressLines(progress, drawing)).toEqual(['  ✓ write  1.0 s']);
  });

  it('has a waterfall of the time beside it where the terminal is wide, which tells work, queueing, retrying and waiting apart', () => {
    const error = { code: 'TOOL_FAILED', kind: 'retryable' as const, message: 'gone' };
    const limit = { of: 'openai', unit: 'requests' as const, perMinute: 5 };
    const wait = { kind: 'approval', purpose: 'step', who: [] as string[], show: value, onTimeout: 'reject' } as const;
    const events: RunEvent[] = [
      { type: 'run.created', at: 0, workflow: 'brief', program: 'p', inputs: value },
      started('search', 1000),
      { type: 'attempt.failed', at: 2000, path: 'search', attempt: 1, error, retryAt: 3000 },
      started('search', 3000, 2),
      { type: 'call.waiting', at: 3000, path: 'search', attempt: 2, limit },
      { type: 'call.admitted', at: 4000, path: 'search', attempt: 2, limit },
      succeeded('search', 5000),
      { type: 'wait.opened', at: 5000, path: 'ok', attempt: 1, wait },
    ];
    const wide = { columns: 110, rows: 10, now: 17_000 };
    expect(lines(events, wide)).toEqual([
      `  ✓ search    ██╌╌▒▒██${' '.repeat(24)}  4.0 s, attempt 2`,
      `  ◌ ok      ${' '.repeat(10)}${'░'.repeat(24)}  12.0 s  waits for a person`,
      '',
      '  █ at work   ▒ at a rate limit   ╌ before a retry   ░ for a person',
    ]);
    const drawn = lines(events, { ...wide, rows: 3 });
    expect(drawn).toEqual(['  … 2 more', '', expect.stringContaining('at work')]);
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('is never wider or longer than the terminal', () => {
    const events = Array.from({ length: 30 }, (_, index) => started(`a_step_with_a_rather_long_name_${index}`, 0));
    const drawn = lines(events, { columns: 30, rows: 8 });
    expect(drawn).toHaveLength(8);
    expect(drawn.at(-1)).toBe('  … 23 more');
    expect(Math.max(...drawn.map((line) => line.length))).toBeLessThanOrEqual(30);
  });

  it('marks what was under way as cancelled when the run ends', () => {
    const events: RunEvent[] = [started('a', 0), { type: 'run.cancelled', at: 2000, reason: 'asked' }];
    expect(lines(events)).toEqual(['  ⊘ a  2.0 s']);
  });
});

describe('the end of a run', () => {
  it('says which provider of the settings was passed over, and why, once', () => {
    const progress = new Progress();
    const call = {
      kind: 'chat' as const,
      name: 'offline/extractive',
      startedAt: 9,
      ms: 1,
      input: value,
      attributes: { finish: 'stop', passed_over: ['openai: models.example did not list its models.'] },
    };
    for (const index of [0, 1]) {
      progress.apply({ type: 'call.finished', at: 10, path: 'write', attempt: 1, index, call });
    }
    expect(resultLines('run', progress, {})).toContain(
      'Passed over although the settings name it: openai: models.example did not list its models.',
    );
    expect(resultLines('run', progress, {}).filter((line) => line.startsWith('Passed over'))).toHaveLength(1);
  });
});
