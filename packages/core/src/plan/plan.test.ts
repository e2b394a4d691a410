import { describe, expect, it } from 'vitest';
import type { ObjectiveScore } from '../run/events.ts';
import type { Program } from '../program/program.ts';
import { action, foreach, inSequence, programOf } from '../testing/programs.ts';
import { keptSteps, planDiff } from './kept-steps.ts';
import { bestRound, planOutcome } from './outcome.ts';

const score = (verdict: ObjectiveScore['verdict'], value = verdict === 'pass' ? 1 : 0): ObjectiveScore => ({
  verdict,
  score: value,
  reason: '',
});
const pass = score('pass');
const fail = score('fail');
const untested = score('untested');

describe('the outcome of a plan', () => {
  it.each([
    [[pass, pass], 'achieved'],
    [[pass, fail], 'partly'],
    [[pass, untested], 'partly'],
    [[fail, untested], 'not_achieved'],
    [[untested], 'untested'],
    [[], 'untested'],
  ] as const)('of %j is %s', (scores, outcome) => expect(planOutcome(scores)).toBe(outcome));
});

describe('the best of several rounds', () => {
  it('has most objectives met, then fewest missed, then the higher mean score, and of equals is the later one', () => {
    expect(
      bestRound([
        [pass, fail],
        [pass, pass],
        [fail, fail],
      ]),
    ).toBe(1);
    expect(
      bestRound([
        [pass, untested],
        [pass, fail],
      ]),
    ).toBe(0);
    expect(bestRound([[score('fail', 0.6)], [score('fail', 0.2)]])).toBe(0);
    expect(bestRound([[fail], [fail]])).toBe(1);
  });

  it('is none that came to no end', () => {
    expect(bestRound([undefined, [fail], undefined])).toBe(1);
    expect(bestRound([undefined])).toBeUndefined();
  });
});

const chain = programOf(...inSequence(action('a'), action('b'), action('c')));
const all = (): boolean => true;

describe('steps that stand unchanged in another plan', () => {
  it('have the same definition, behind steps that are unchanged too', () => {
    const changed = programOf(...inSequence(action('a'), action('b', { onError: 'continue' }), action('c')));
    expect(keptSteps(chain, chain, all)).toEqual(['a', 'b', 'c']);
    expect(keptSteps(chain, changed, all)).toEqual(['a']);
  });

  it('have to have ended well, and so have those before them', () => {
    expect(keptSteps(chain, chain, (id) => id !== 'b')).toEqual(['a']);
  });

  it('are the same in whatever order a store gives their keys', () => {
    const turned = chain.steps.map((step) => Object.fromEntries(Object.entries(step).toReversed()));
    // a step with its keys in another order is the same step
    const program = { ...chain, steps: turned as unknown as Program['steps'] };
    expect(keptSteps(chain, program, all)).toEqual(['a', 'b', 'c']);
  });

  it('are no longer so when something inside them changed', () => {
    const block = (id: string): Program => programOf(foreach('f', [action(id)]));
    expect(keptSteps(block('x'), block('y'), all)).toEqual([]);
  });
});

it('a plan differs from the one before by steps that are changed, added or removed', () => {
  const after = programOf(...inSequence(action('a'), action('b', { onError: 'continue' }), action('d')));
  expect(planDiff(chain, after)).toEqual([
    { step: 'a', change: 'same' },
    { step: 'b', change: 'changed' },
    { step: 'd', change: 'added' },
    { step: 'c', change: 'removed' },
  ]);
});
