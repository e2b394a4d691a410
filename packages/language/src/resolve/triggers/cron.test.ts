import { describe, expect, it } from 'vitest';
import { cronProblem, timezoneProblem } from './cron.ts';

describe('cron text', () => {
  it.each([
    '* * * * *',
    '*/15 * * * *',
    '0 7 * * 1-5',
    '0 7 * * MON-FRI',
    '0 0 1 jan,jul *',
    '30 5-23/2 * * *',
    '0 30 7 * * *',
    '0 0 L * *',
    '0 0 15W * *',
    '0 0 * * FRI#2',
    '0 0 * * 5L',
    '0 0 29 2 *',
    ' 0  7 * * * ',
  ])('is read: %s', (text) => {
    expect(cronProblem(text)).toBeUndefined();
  });

  it.each([
    ['', 'and this has 1'],
    ['0 7 * *', 'and this has 4'],
    ['0 0 0 1 1 * 2027', 'and this has 7'],
    ['5-1 * * * *', '5-1'],
    ['*/0 * * * *', 'stepping'],
    ['0 7 * * MONDAY', 'illegal characters'],
    ['1,,2 * * * *', 'empty'],
    ['2027-01-01T00:00:00 * * * *', 'no cron text'],
    ['0 0 30 2 *', 'never fires'],
    [`${'0-59,'.repeat(40)}1 * * * *`, '200 characters'],
  ])('is refused with the reason: %s', (text, reason) => {
    expect(cronProblem(text)?.message).toContain(reason);
  });

  it.each([
    ['60 * * * * *', 'seconds go from 0 to 59'],
    ['60 * * * *', 'minutes go from 0 to 59'],
    ['* 24 * * *', 'hours go from 0 to 23'],
    ['0 0 32 * *', 'days of the month go from 1 to 31'],
    ['0 0 * 13 *', 'months go from 1 to 12'],
    ['0 0 * * 8', 'days of the week go from 0 (Sunday)'],
  ])('is refused with the range that it leaves: %s', (text, range) => {
    expect(cronProblem(text)?.hint).toContain(range);
  });

  it('is written in fields, not in words', () => {
    expect(cronProblem('@daily')?.hint).toBe('write "0 0 * * *"');
  });
});

describe('a time zone', () => {
  it.each(['UTC', 'Europe/Paris', 'America/Argentina/Buenos_Aires'])('has a name: %s', (name) => {
    expect(timezoneProblem(name)).toBeUndefined();
  });

  it.each(['', 'Mars/Olympus', '+02:00', 'GMT+2'])('is refused: %s', (name) => {
    expect(timezoneProblem(name)?.message).toContain('there is no time zone');
  });

  it('is suggested when another is near', () => {
    expect(timezoneProblem('Europe/Pari')?.hint).toBe('did you mean `Europe/Paris`?');
  });
});
