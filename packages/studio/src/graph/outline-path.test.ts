import { describe, expect, it } from 'vitest';
import { outlinePath } from './outline-path.ts';

const known = new Set([
  'findings',
  'findings.search',
  'both',
  'both.left.read',
  'route',
  'route[0].answer',
  'route[1].list',
  'route[1].list.one',
  'refine',
  'refine.write',
  'helper',
  'catch[0].tell',
  'finally.close',
]);

describe('the step of the workflow that a step of a run is', () => {
  it.each([
    ['findings', 'findings'],
    ['findings[3].search', 'findings.search'],
    ['both.left.read', 'both.left.read'],
    ['route[0].answer', 'route[0].answer'],
    ['route[1].list[12].one', 'route[1].list.one'],
    ['refine#2.write', 'refine.write'],
    ['findings[3].search/compensate', 'findings.search'],
    ['catch[0].tell', 'catch[0].tell'],
    ['finally.close', 'finally.close'],
    ['helper#1.call_0', 'helper'],
    ['nowhere.at.all', undefined],
  ])('of %s is %s', (path, expected) => {
    expect(outlinePath(path, known)).toBe(expected);
  });
});
