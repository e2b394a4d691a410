import type { ErrorView, StepView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { failureChain, scoreOf } from './failure-chain.ts';
import { runModel } from './run-model.ts';
import { detail, emptyTrace, running, step, timestamp } from './sample-run.ts';

const error = (code: string, message: string, path?: string): ErrorView => ({
  code,
  kind: 'terminal',
  message,
  ...(path === undefined ? {} : { path }),
});

function failed(path: string, cause: ErrorView, at: number, fields: Partial<StepView> = {}): StepView {
  return step(path, {
    status: 'failed',
    error: cause,
    started_at: timestamp(0),
    ended_at: timestamp(at),
    attempt: 1,
    ...fields,
  });
}

function chainOf(end: ErrorView, ...steps: readonly StepView[]) {
  return failureChain(runModel(detail({ status: 'failed', error: end, steps: [...steps] }), emptyTrace()));
}

describe('why a run failed', () => {
  it('is said once where block, step and run repeat the same failure', () => {
    const cause = error('TOOL_FAILED', 'The page was gone.', 'pages[1].read');
    const inside = { parent: 'pages', frame: 'pages[1]', attempt: 3 };
    expect(chainOf(cause, failed('pages', cause, 20), failed('pages[1].read', cause, 10, inside))).toEqual({
      chain: [{ path: 'pages[1].read', error: cause, attempts: 3 }],
      others: 0,
    });
  });

  it('begins with the first cause, and tells what it brought down', () => {
    const cause = error('TOOL_FAILED', 'The page was gone.');
    const items = error('ITEMS_FAILED', '2 of 3 items failed.');
    const end = error('RUN_STOPPED', 'The run stopped.', 'pages');
    const chain = chainOf(
      end,
      failed('pages', items, 30),
      failed('pages[2].read', error('TOOL_FAILED', 'Later.'), 25, { parent: 'pages', frame: 'pages[2]' }),
      failed('pages[0].read', cause, 10, { parent: 'pages', frame: 'pages[0]' }),
    );
    expect(chain?.chain.map(({ path, error: { code } }) => [path, code])).toEqual([
      ['pages[0].read', 'TOOL_FAILED'],
      ['pages', 'ITEMS_FAILED'],
      [undefined, 'RUN_STOPPED'],
    ]);
    expect(chain?.others).toBe(1);
  });

  it('is the step that the run names, not one that failed earlier and was let pass', () => {
    const passed = failed('optional', error('TOOL_FAILED', 'Never mind.'), 5);
    const cause = error('GATE_FAILED', 'Not good enough.', 'draft');
    expect(chainOf(cause, passed, failed('draft', cause, 50))).toMatchObject({ chain: [{ path: 'draft' }], others: 1 });
  });

  it('is the run itself when no step failed', () => {
    const end = error('BUDGET_EXCEEDED', 'The budget is spent.');
    expect(chainOf(end)).toEqual({ chain: [{ error: end, attempts: 0 }], others: 0 });
  });

  it('is not asked of a run without an error', () => {
    expect(failureChain(running(failed('a', error('TOOL_FAILED', 'x'), 1)))).toBeUndefined();
  });
});

describe('the score of a run', () => {
  const gate = (score: number) => ({ passed: true, score, verdicts: [], attempts: 1 });

  it('is the mean of the gates that its steps ended with', () => {
    const model = running(
      step('a', { status: 'succeeded', gate: gate(1) }),
      step('b', { status: 'failed', gate: gate(0.5) }),
      step('c', { status: 'waiting', gate: gate(0) }),
      step('d', { status: 'succeeded' }),
    );
    expect(scoreOf(model)).toBe(0.75);
  });

  it('is not known while there is no such gate', () => {
    expect(scoreOf(running(step('a', { status: 'succeeded' })))).toBeUndefined();
  });
});
