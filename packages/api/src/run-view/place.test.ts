import { describe, expect, it } from 'vitest';
import { placeOf } from './place.ts';

describe('a step path taken apart', () => {
  it.each([
    ['draft', { id: 'draft' }],
    ['findings[3].search', { id: 'search', frame: 'findings[3]', parent: 'findings', key: '[3]' }],
    ['both.left.read', { id: 'read', frame: 'both.left', parent: 'both', key: '.left' }],
    ['do#1.fetch', { id: 'fetch', frame: 'do#1', parent: 'do', key: '#1' }],
    ['a[0].b.left.c', { id: 'c', frame: 'a[0].b.left', parent: 'a[0].b', key: '.left' }],
    ['a[0].b[12].c', { id: 'c', frame: 'a[0].b[12]', parent: 'a[0].b', key: '[12]' }],
  ])('%s', (path, place) => {
    expect(placeOf(path)).toEqual({ path, ...place });
  });
});
