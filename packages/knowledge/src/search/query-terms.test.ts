import { describe, expect, it } from 'vitest';
import { indexedText, matchAny, termsOf } from './query-terms.ts';

describe('the words that are looked up', () => {
  it('are those that carry meaning, once each', () => {
    expect(termsOf('What is the refund window for the refund?')).toEqual(['refund', 'window']);
  });

  it('are the stop words when a question has no others', () => {
    expect(termsOf('To be or not to be')).toEqual(['to', 'be', 'or', 'not']);
  });

  it('never hold an operator or a quote of the full-text language', () => {
    expect(matchAny(termsOf('"a* NEAR(b, 2) OR -c ^d {e}: text:f'))).toBe(
      '"near" OR "b" OR "2" OR "c" OR "d" OR "e" OR "text" OR "f"',
    );
    expect(matchAny(termsOf('"" ( ) * ^ :'))).toBeUndefined();
  });

  it('are at most 64', () => {
    const long = Array.from({ length: 1000 }, (_, index) => `word${index}`).join(' ');
    expect(termsOf(long)).toHaveLength(64);
  });

  it('are pairs of neighbours where a script has no spaces', () => {
    expect(indexedText('東京都')).toBe(' 東  京  都 ');
    expect(matchAny(termsOf('東京都 Tower 塔'))).toBe('"東 京" OR "京 都" OR "tower" OR "塔"');
  });
});
