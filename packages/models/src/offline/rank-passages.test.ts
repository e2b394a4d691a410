import { describe, expect, it } from 'vitest';
import { rankPassages } from './rank-passages.ts';
import { passagesOf } from './source.ts';
import { termsOf } from './terms.ts';

const rank = (question: string, ...texts: readonly string[]) =>
  rankPassages(passagesOf(texts.map((text, n) => ({ name: `${n}`, text }))), termsOf(question)).map(
    ({ passage }) => passage.text,
  );

describe('the rank of a passage', () => {
  it('is higher for a short sentence than for a long one with the same words', () => {
    const long =
      'Among the many boxes that stood along the northern wall of the hall there was a red one, dusty and old.';
    expect(rank('red', long, 'The red one.')).toEqual(['The red one.', long]);
  });

  it('is higher for a rare word than for a common one', () => {
    expect(rank('red key', 'A red box.', 'A red door.', 'A red wall.', 'An old key.')[0]).toBe('An old key.');
  });

  it('is the order of the sources among equals, and none for what shares no word', () => {
    expect(rank('red', 'A red box.', 'A red box.', 'A blue box.')).toEqual(['A red box.', 'A red box.']);
    expect(rank('', 'A red box.')).toEqual([]);
    expect(rank('red')).toEqual([]);
  });
});

describe('terms', () => {
  it('are the same for forms of a word, and lack the words that carry no topic', () => {
    for (const [one, other] of [
      ['deliveries', 'delivered'],
      ['shipping', 'ships'],
      ['refunded', 'refund'],
      ['Café', 'cafe'],
    ]) {
      expect(termsOf(one ?? '')).toEqual(termsOf(other ?? ''));
    }
    expect(termsOf('internet')).not.toEqual(termsOf('internal'));
    expect(termsOf('How long does it take?')).toEqual([]);
  });

  it('puts a sentence before a row of a table that has the same words', () => {
    expect(rank('red key', '| red | key |', 'A red and heavy key.')[0]).toBe('A red and heavy key.');
  });
});
