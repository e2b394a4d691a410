import type { ErrorView } from '@telos/contract';
import { describe, expect, it } from 'vitest';
import { spoken, troubleOf } from './words.ts';

const error = (code: string, kind: ErrorView['kind']): ErrorView => ({ code, kind, message: 'SQL said 42P01.' });

describe('an app', () => {
  it('calls things as people do', () => {
    expect(spoken('vendor_brief')).toBe('Vendor brief');
  });

  it.each<[ErrorView | undefined, string, boolean]>([
    [error('GATE_FAILED', 'terminal'), 'No result was good enough.', false],
    [error('RAIL_BLOCKED', 'terminal'), 'This was held back.', false],
    [error('TOOL_FAILED', 'retryable'), 'Something that this needs did not answer.', true],
    [error('DB_QUERY_FAILED', 'terminal'), 'This could not be done.', true],
    [undefined, 'It ended without a result.', true],
  ])('says why there is no result without a word about how it is made: %j', (why, title, again) => {
    const trouble = troubleOf(why);
    expect(trouble).toMatchObject({ title, again });
    expect(`${trouble.title} ${trouble.message}`).not.toMatch(/SQL|_|step|run\b|workflow/i);
  });
});
