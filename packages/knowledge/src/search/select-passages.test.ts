import { describe, expect, it } from 'vitest';
import { fuseRanks } from './fuse-ranks.ts';
import { selectPassages } from './select-passages.ts';
import type { Candidate } from './select-passages.ts';

function candidate(
  id: number,
  document: number,
  score: number,
  text = `words of passage number ${id} alone`,
): Candidate {
  return { id, document, score, text, source: `${document}.md`, start: 0, end: text.length, headings: '' };
}

const ids = (passages: readonly Candidate[]): readonly number[] => passages.map(({ id }) => id);

describe('the choice of passages', () => {
  it('leaves out a passage that repeats a better one', () => {
    const text = 'the refund window is thirty days after delivery of the goods';
    const chosen = selectPassages(
      [candidate(1, 1, 1, text), candidate(2, 2, 0.9, `${text} .`), candidate(3, 3, 0.5)],
      3,
    );
    expect(ids(chosen)).toEqual([1, 3]);
  });

  it('prefers another document to a slightly better passage of the same one', () => {
    expect(ids(selectPassages([candidate(1, 1, 1), candidate(2, 1, 0.95), candidate(3, 2, 0.9)], 3))).toEqual([
      1, 3, 2,
    ]);
  });

  it('takes everything from one document when there is no other', () => {
    expect(ids(selectPassages([candidate(1, 1, 1), candidate(2, 1, 0.9), candidate(3, 1, 0.8)], 2))).toEqual([1, 2]);
  });
});

describe('rankings joined by their ranks', () => {
  it('favour what stands high in both', () => {
    const words = [
      { id: 1, score: 9 },
      { id: 2, score: 8 },
      { id: 3, score: 1 },
    ];
    const meaning = [
      { id: 2, score: 0.9 },
      { id: 4, score: 0.8 },
    ];
    expect(fuseRanks([words, meaning]).map(({ id }) => id)).toEqual([2, 1, 4, 3]);
    expect(fuseRanks([words, meaning])[0]?.score).toBe(1);
  });

  it('keep the scores of a list that stands alone, relative to its best', () => {
    expect(
      fuseRanks([
        [
          { id: 1, score: 4 },
          { id: 2, score: 1 },
        ],
        [],
      ]),
    ).toEqual([
      { id: 1, score: 1 },
      { id: 2, score: 0.25 },
    ]);
    expect(fuseRanks([[], []])).toEqual([]);
  });
});
