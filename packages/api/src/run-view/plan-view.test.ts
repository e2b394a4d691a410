import type { Json, ObjectiveScore } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { program } from '../testing/journal.ts';
import { measuredIn } from './measured.ts';
import { planViews } from './plan-view.ts';

const at = '2026-03-01T12:00:00Z';
const spec = { id: 'o1', objective: 'Write it.', criterion: 'It is grounded.', reads: [] };
const check = { name: 'o1', uses: 'faithfulness', with: { min: 0.8 } };
const body = { ...program(), objectives: [{ ...spec, check }] };
const score: ObjectiveScore = { verdict: 'pass', score: 0.9, reason: 'It is.', uses: 'faithfulness', version: '1.0+a' };

/** What is shown of the objective, where one version of the check was measured with one floor. */
function shown(result: ObjectiveScore, version = '1.0+a') {
  const find = (uses: string, of: string) =>
    uses === 'faithfulness' && of === version
      ? { evaluator: uses, n: 280, at, version: of, figures: { auc: 0.96 } }
      : undefined;
  const plan = { program: 'p', objectives: [], kept: [], scores: new Map([['o1', result]]) };
  const measured = measuredIn(find, undefined, () => undefined)('work');
  return planViews([plan], new Map([['p', body]]), measured)[0]?.objectives[0]?.result;
}

describe('the score of an objective', () => {
  it('shows how well its criterion was measured, as the score of a gate does', () => {
    expect(shown(score)).toMatchObject({ score: 0.9, calibration: { n: 280, figures: { auc: 0.96 } } });
  });

  it('shows nothing of what another version of the check was measured to do, nor of a check that is not known', () => {
    expect(shown(score, '1.0+b')).toEqual(score);
    const { version: _version, ...bare } = score;
    expect(shown(bare)).toEqual(bare);
  });
});

describe('a plan that was the best of several', () => {
  it('shows those that it was placed among, and says nothing where the journal has none', () => {
    const candidates = [
      { program: 'p', chosen: true, score: 1, reason: 'It tests its result.' },
      { program: 'q', chosen: false, reason: 'It does not.' },
    ];
    const of = (objectives: Json) =>
      planViews([{ program: 'p', objectives, kept: [], scores: new Map() }], new Map([['p', body]]))[0];
    expect(of({ planner: 'a/b', objectives: [], steps: [], candidates })?.candidates).toEqual(candidates);
    expect(of({ planner: 'a/b', objectives: [], steps: [] })).not.toHaveProperty('candidates');
  });
});
