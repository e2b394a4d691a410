import type { StepView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { criticalPath } from './critical-path.ts';
import { begin, running, step, timestamp } from './sample-run.ts';

function timed(path: string, from: number, to: number | undefined, fields: Partial<StepView> = {}): StepView {
  const ended = to === undefined ? {} : { ended_at: timestamp(to) };
  return step(path, {
    status: to === undefined ? 'running' : 'succeeded',
    started_at: timestamp(from),
    ...ended,
    ...fields,
  });
}

const path = (...steps: readonly StepView[]) => [...criticalPath(running(...steps), begin + 100)].toSorted();

describe('the critical path', () => {
  it('goes through the slower of two steps that ran beside each other', () => {
    expect(path(timed('plan', 0, 10), timed('quick', 10, 20), timed('slow', 10, 50), timed('sum', 50, 60))).toEqual([
      'plan',
      'slow',
      'sum',
    ]);
  });

  it('goes on inside a block, through the item that held it up', () => {
    const inPages = { parent: 'pages' };
    expect(
      path(
        timed('pages', 0, 40),
        timed('pages[0].read', 0, 15, { ...inPages, frame: 'pages[0]' }),
        timed('pages[1].read', 0, 30, { ...inPages, frame: 'pages[1]' }),
        timed('pages[1].note', 30, 40, { ...inPages, frame: 'pages[1]' }),
        timed('sum', 40, 41),
      ),
    ).toEqual(['pages', 'pages[1].note', 'pages[1].read', 'sum']);
  });

  it('ends with what is still under way, and leaves out what has not begun or was skipped', () => {
    expect(
      path(timed('first', 0, 10), timed('now', 10, undefined), step('later'), step('left', { status: 'skipped' })),
    ).toEqual(['first', 'now']);
  });
});
