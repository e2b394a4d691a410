import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf, failedStep, started, startedStep, succeededStep, usageOf } from '../testing/specification.ts';
import type { RunEvent } from './events.ts';
import { bothChanges, summaryChange } from './summary.ts';
import { addUsage } from '../usage.ts';

describe('the change that events make to a summary', () => {
  it('is none when they change nothing that a list shows', () => {
    expect(summaryChange([])).toBeUndefined();
    expect(summaryChange([startedStep('a'), succeededStep('a')])).toBeUndefined();
  });

  it('follows the run from start to end', () => {
    const error = errorOf('terminal');
    expect(summaryChange([started])).toEqual({ status: 'running', startedAt: 2 });
    expect(summaryChange([{ type: 'run.succeeded', at: 9, outputs: { value: 1 } }])).toEqual({
      status: 'succeeded',
      endedAt: 9,
    });
    expect(summaryChange([{ type: 'run.failed', at: 9, error }])).toEqual({ status: 'failed', endedAt: 9, error });
    expect(summaryChange([{ type: 'run.cancelled', at: 9, reason: 'asked' }])).toEqual({
      status: 'cancelled',
      endedAt: 9,
    });
  });

  it('adds up what steps and failed attempts cost', () => {
    expect(
      summaryChange([
        {
          type: 'attempt.failed',
          at: 1,
          path: 'a',
          attempt: 1,
          error: errorOf('retryable'),
          retryAt: 2,
          usage: usageOf(1),
        },
        { ...succeededStep('a', 2), usage: usageOf(2) },
        failedStep('b'),
      ]),
    ).toEqual({ usage: addUsage(usageOf(1), usageOf(2)) });
  });

  it('adds up the scores of the gates that steps ended with, and of no output that was sent back', () => {
    const gate = (score: number) => ({ passed: score > 0.5, score, verdicts: [], attempts: 1 });
    const sentBack = { output: { value: '' }, gate: gate(0.1), remedy: { repair: 1 } };
    expect(
      summaryChange([
        { type: 'attempt.rejected', at: 1, path: 'a', attempt: 1, ...sentBack },
        { ...succeededStep('a', 2), gate: gate(0.75) },
        { ...failedStep('b'), gate: gate(0.25) },
        succeededStep('c'),
      ]),
    ).toEqual({ gates: { count: 2, score: 1 } });
  });

  it('is the same in batches of any size', () => {
    const events: RunEvent[] = [
      started,
      { ...succeededStep('a'), usage: usageOf(1) },
      { ...failedStep('b'), usage: usageOf(2), gate: { passed: false, score: 0.25, verdicts: [], attempts: 1 } },
      { ...succeededStep('c'), gate: { passed: true, score: 0.5, verdicts: [], attempts: 1 } },
      { type: 'run.failed', at: 9, error: errorOf('terminal') },
    ];
    fc.assert(
      fc.property(fc.nat(events.length), (cut) => {
        const left = summaryChange(events.slice(0, cut));
        const right = summaryChange(events.slice(cut));
        const both = left === undefined || right === undefined ? (left ?? right) : bothChanges(left, right);
        expect(both).toEqual(summaryChange(events));
      }),
    );
  });
});
