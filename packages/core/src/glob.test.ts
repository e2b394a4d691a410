import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('a glob', () => {
  it.each([
    ['web.*', 'web.search', true],
    ['web.*', 'webs.search', false],
    ['*', 'anything', true],
    ['crm.*_all', 'crm.delete_all', true],
    ['crm.*_all', 'crm.delete_one', false],
    ['a*b*c', 'a1b2c', true],
    ['a*bc', 'abc', true],
    ['ab*bc', 'abc', false],
    ['db.query', 'db.query', true],
    ['db.query', 'db.query2', false],
  ])('%s on %s is %s', (glob, name, fits) => {
    expect(matchesGlob(glob, name)).toBe(fits);
  });
});
