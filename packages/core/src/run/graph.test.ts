import { describe, expect, it } from 'vitest';
import { action } from '../testing/programs.ts';
import { graphOf } from './graph.ts';

describe('the graph of a step list', () => {
  it('counts predecessors and lists followers by position', () => {
    const steps = [action('a'), action('b', { after: ['a'] }), action('c', { after: ['a', 'b'] })];
    expect(graphOf(steps)).toMatchObject({ predecessors: [0, 1, 2], followers: [[1, 2], [2], []] });
  });

  it('counts an edge stated twice once', () => {
    expect(graphOf([action('a'), action('b', { after: ['a', 'a'] })])).toMatchObject({
      predecessors: [0, 1],
      followers: [[1], []],
    });
  });

  it('is worked out once for a list', () => {
    const steps = [action('a')];
    expect(graphOf(steps)).toBe(graphOf(steps));
  });

  it('refuses an edge from a step that the list lacks, which would wait for ever', () => {
    expect(() => graphOf([action('a', { after: ['z'] })])).toThrow(/'a' comes after 'z'/);
  });
});
