import { describe, expect, it } from 'vitest';
import { TelosError, errorRecordOf } from './telos-error.ts';

describe('a TelosError', () => {
  it('takes kind and next step from the catalogue', () => {
    const error = new TelosError('STORE_FULL', 'The disk of the store is full.');
    expect(error).toMatchObject({ code: 'STORE_FULL', kind: 'retryable', details: {} });
    expect(error.next).toContain('Free space');
  });

  it('lets the place that knows better state kind, next step and cause', () => {
    const cause = new Error('socket closed');
    const error = new TelosError('TOOL_FAILED', 'web.read failed.', {
      kind: 'terminal',
      next: 'Name another page.',
      cause,
    });
    expect(error).toMatchObject({ kind: 'terminal', next: 'Name another page.', cause });
  });
});

describe('an error record', () => {
  it('holds what a TelosError says, and no cause', () => {
    const error = new TelosError('INPUT_INVALID', 'Input n is no number.', {
      details: { input: 'n' },
      cause: 'secret',
    });
    expect(errorRecordOf(error)).toEqual({
      code: 'INPUT_INVALID',
      kind: 'terminal',
      message: 'Input n is no number.',
      next: error.next,
      details: { input: 'n' },
    });
  });

  it('leaves empty details out', () => {
    expect(errorRecordOf(new TelosError('BUG', 'No.'))).not.toHaveProperty('details');
  });

  it('keeps the message of any other error under the given code', () => {
    expect(errorRecordOf(new Error('refused'), 'STORE_UNAVAILABLE')).toMatchObject({
      code: 'STORE_UNAVAILABLE',
      kind: 'retryable',
      message: 'refused',
    });
    expect(errorRecordOf('plain text')).toMatchObject({ code: 'TOOL_FAILED', message: 'plain text' });
  });

  it.each([new Error(''), '', null, undefined, 404, Symbol('x'), { any: 1 }, Object.create(null) as unknown])(
    'has the title of its code as message when nothing readable was thrown: %#',
    (thrown) => {
      expect(errorRecordOf(thrown)).toMatchObject({ code: 'TOOL_FAILED', message: 'A tool failed' });
    },
  );
});
