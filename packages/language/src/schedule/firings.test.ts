import { describe, expect, it } from 'vitest';
import { firingsOf } from './firings.ts';

const at = (text: string): number => Date.parse(text);
const shown = (instants: readonly (number | undefined)[]) =>
  instants.map((instant) => (instant === undefined ? 'never' : new Date(instant).toISOString().slice(5, 16)));
/** Every firing after one instant and up to another, one after the other. */
function walked(cron: string, from: string, to: string, timezone = 'Europe/Paris'): number[] {
  const found: number[] = [];
  const { next } = firingsOf({ cron, timezone });
  for (let last = next(at(from)); last !== undefined && last <= at(to); last = next(last)) found.push(last);
  return found;
}

describe('a daily schedule in Paris', () => {
  it('fires at its time of the day, summer and winter', () => {
    expect(shown(walked('0 7 * * *', '2026-10-23T12:00Z', '2026-10-26T12:00Z'))).toEqual([
      '10-24T05:00',
      '10-25T06:00',
      '10-26T06:00',
    ]);
  });

  it('fires once in the night that has its hour twice, the first time', () => {
    expect(shown(walked('30 2 * * *', '2026-10-24T12:00Z', '2026-10-26T12:00Z'))).toEqual([
      '10-25T00:30',
      '10-26T01:30',
    ]);
  });

  it('fires also in the night that skips its hour, when the hour is over', () => {
    expect(shown(walked('30 2 * * *', '2026-03-28T12:00Z', '2026-03-30T12:00Z'))).toEqual([
      '03-29T01:00',
      '03-30T00:30',
    ]);
  });
});

describe('a schedule of every half hour', () => {
  it.each([
    ['2026-03-28T23:00Z', '2026-03-29T03:00Z', 8],
    ['2026-10-24T22:00Z', '2026-10-25T03:00Z', 10],
  ])('fires in every one of them from %s on, whatever the clocks on the wall do', (from, to, count) => {
    const found = walked('*/30 * * * *', from, to);
    expect(found).toHaveLength(count);
    expect(found.every((instant, index) => index === 0 || instant - (found[index - 1] ?? 0) === 1_800_000)).toBe(true);
  });
});

describe('the last firings of a time', () => {
  it.each(['*/7 * * * *', '30 2 * * *', '0 */2 * * *', '15 10 * * * *', '0 1-4 * * 7'])(
    'of `%s` are the ones that come one after the other',
    (cron) => {
      const [from, to] = ['2026-10-20T00:00Z', '2026-11-02T10:15:30Z'];
      const all = walked(cron, from, to);
      const { between } = firingsOf({ cron, timezone: 'Europe/Paris' });
      expect(between(at(from), at(to), 50)).toEqual(all.slice(-50));
    },
  );

  it('begin after their first instant and end with their last', () => {
    const { between, next } = firingsOf({ cron: '0 7 * * *', timezone: 'UTC' });
    expect(shown(between(at('2026-01-01T07:00Z'), at('2026-01-02T07:00Z'), 9))).toEqual(['01-02T07:00']);
    expect(between(at('2026-01-01T07:00Z'), at('2026-01-02T07:00Z') - 1, 9)).toEqual([]);
    expect(shown([next(at('2026-01-01T07:00Z'))])).toEqual(['01-02T07:00']);
  });

  it('are found at once, also of every second of one month, seen from another', () => {
    const { between } = firingsOf({ cron: '* * * * 1 *', timezone: 'UTC' });
    const found = between(at('2016-01-01T00:00Z'), at('2026-07-01T00:00Z'), 3);
    expect(shown(found)).toEqual(['01-31T23:59', '01-31T23:59', '01-31T23:59']);
  });
});
