import { describe, expect, it } from 'vitest';
import { countText, durationText, moneyText, usageText } from './amounts.ts';
import { problemText } from './problem-text.ts';

describe('amounts', () => {
  it.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [4200, '4.2 s'],
    [125_000, '2 m 05 s'],
    [3_725_000, '1 h 02 m'],
  ])('show %d milliseconds as %s', (ms, text) => expect(durationText(ms)).toBe(text));

  it('show counts and money in few characters', () => {
    expect([countText(820), countText(1234), countText(3_400_000)]).toEqual(['820', '1.2k', '3.4M']);
    expect([moneyText(0.0042), moneyText(1.254)]).toEqual(['$0.0042', '$1.25']);
  });

  it('show of a usage only what there was', () => {
    expect(usageText({ input_tokens: 0, output_tokens: 0, usd: 0, ms: 5, calls: 1 })).toBe('');
    expect(usageText({ input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 5, calls: 1 })).toBe('15 tokens, $0.50');
  });
});

describe('a problem', () => {
  it('is one line that ends with what to do', () => {
    const error = {
      code: 'RUN_NOT_FOUND',
      kind: 'terminal',
      message: 'There is no run abc',
      next: 'List runs with `telos runs`.',
    } as const;
    expect(problemText(error)).toBe('RUN_NOT_FOUND: There is no run abc. List runs with `telos runs`.\n');
  });

  it('lists single problems below, as text or with their place', () => {
    const details = {
      problems: ['a: wrong', { path: 'b', message: 'worse' }, { input: 'c', path: 'd[0]', message: 'worst' }],
    };
    expect(problemText({ code: 'INPUT_INVALID', kind: 'terminal', message: 'Two.', path: 'x[1].y', details })).toBe(
      'INPUT_INVALID (step x[1].y): Two.\n  a: wrong\n  b: worse\n  c.d[0]: worst\n',
    );
  });

  it('is not told twice when it is the only one, and keeps to its line', () => {
    const error = { code: 'INPUT_INVALID', kind: 'terminal', message: 'a: wrong\nhere' } as const;
    expect(problemText({ ...error, details: { problems: ['a: wrong here'] } })).toBe('INPUT_INVALID: a: wrong here.\n');
  });

  it('passes over details of another shape', () => {
    expect(problemText({ code: 'BUG', kind: 'bug', message: 'Odd', details: { problems: 3 } })).toBe('BUG: Odd.\n');
  });
});
