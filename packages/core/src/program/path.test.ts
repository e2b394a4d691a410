import { describe, expect, it } from 'vitest';
import { framePath, placeOf, rootFrame, stepPath } from './path.ts';

describe('a step path', () => {
  it("is the step's id in the workflow's own list", () => {
    expect(stepPath(rootFrame, 'draft')).toBe('draft');
  });

  it.each([
    [{ item: 3 }, 'block[3].step'],
    [{ branch: 'left' }, 'block.left.step'],
    [{ case: 0 }, 'block[0].step'],
    [{ round: 1 }, 'block#1.step'],
  ] as const)('names the frame of a block by its key %o', (key, path) => {
    expect(stepPath(framePath('block', key), 'step')).toBe(path);
  });

  it('grows with every block around the step', () => {
    const inner = stepPath(framePath('findings', { item: 2 }), 'both');
    expect(stepPath(framePath(inner, { branch: 'left' }), 'read')).toBe('findings[2].both.left.read');
  });

  it.each([
    ['draft', { id: 'draft' }],
    ['findings[3].search', { id: 'search', frame: 'findings[3]', parent: 'findings', key: '[3]' }],
    ['both.left.read', { id: 'read', frame: 'both.left', parent: 'both', key: '.left' }],
    ['do#1.fetch', { id: 'fetch', frame: 'do#1', parent: 'do', key: '#1' }],
    ['a[0].b.left.c', { id: 'c', frame: 'a[0].b.left', parent: 'a[0].b', key: '.left' }],
    ['a[0].b[12].c', { id: 'c', frame: 'a[0].b[12]', parent: 'a[0].b', key: '[12]' }],
  ])('tells where the step stands: %s', (path, place) => {
    expect(placeOf(path)).toEqual({ path, ...place });
  });
});
