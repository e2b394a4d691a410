import { expect, it } from 'vitest';
import { inline } from './payload.ts';

it('a small value travels as it is, null included', () => {
  expect(inline({ a: [1, null] })).toEqual({ value: { a: [1, null] } });
  expect(inline(null)).toEqual({ value: null });
});
