import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkText } from './chunk-text.ts';
import type { TextFormat } from './sections.ts';

const sizes = { target: 120, overlap: 40 };

function slices(text: string, format: TextFormat = 'markdown') {
  return chunkText(text, format, sizes).map((chunk) => ({
    headings: chunk.headings.join(' > '),
    text: text.slice(chunk.start, chunk.end),
  }));
}

describe('passages of a document', () => {
  it('follow its headings and carry the path of headings above them', () => {
    const text = '# Guide\n\nIntro.\n\n## Refunds\n\nThirty days.\n\n## Shipping\n\nTwo days.\n\n# Other\n\nEnd.\n';
    expect(slices(text)).toEqual([
      { headings: 'Guide', text: '# Guide\n\nIntro.' },
      { headings: 'Guide > Refunds', text: '## Refunds\n\nThirty days.' },
      { headings: 'Guide > Shipping', text: '## Shipping\n\nTwo days.' },
      { headings: 'Other', text: '# Other\n\nEnd.' },
    ]);
  });

  it('join a heading that has nothing below it to the section that follows', () => {
    expect(slices('# Guide\n\n## Refunds\n\nThirty days.')).toEqual([
      { headings: 'Guide > Refunds', text: '# Guide\n\n## Refunds\n\nThirty days.' },
    ]);
  });

  it('take a last heading without text as a passage of its own', () => {
    expect(slices('Intro.\n\n# Call 555 0100').at(-1)).toEqual({ headings: 'Call 555 0100', text: '# Call 555 0100' });
  });

  it('end with a paragraph where one ends in their second half', () => {
    const [first, second] = ['Alpha beta gamma. '.repeat(5).trim(), 'Delta epsilon. '.repeat(6).trim()];
    expect(slices(`${first}\n\n${second}`).map(({ text }) => text)).toEqual([first, second]);
  });

  it('repeat the last sentence of the one before when a paragraph is cut', () => {
    const text = Array.from({ length: 9 }, (_, index) => `Sentence number ${index} stands here.`).join(' ');
    const passages = slices(text).map((slice) => slice.text);
    expect(passages.length).toBeGreaterThan(2);
    expect(passages[1]?.startsWith('Sentence number 2')).toBe(true);
    expect(passages[0]?.endsWith('Sentence number 2 stands here.')).toBe(true);
  });

  it('do not take a wrapped line, an abbreviation or a decimal for the end of a sentence', () => {
    const text =
      'The pump (see e.g. Fig. 3) moves 2.5 litres\nper second. It stops at noon, when the tank has been filled to the brim again.';
    const passages = chunkText(text, 'plain', { target: 80, overlap: 0 }).map(({ start, end }) =>
      text.slice(start, end),
    );
    expect(passages[0]).toBe('The pump (see e.g. Fig. 3) moves 2.5 litres\nper second.');
  });

  it('leave marks inside code fences and front matter alone', () => {
    const text = '---\ntitle: x\n# no\n---\n\n# Real\n\n```sh\n# a comment\n```\n';
    expect(slices(text).map(({ headings }) => headings)).toEqual(['', 'Real']);
  });

  it('see underlined headings in plain text and reStructuredText', () => {
    const text = 'Manual\n======\n\nWords.\n\nPart\n----\n\nMore.';
    expect(slices(text, 'plain').map(({ headings }) => headings)).toEqual(['Manual', 'Manual > Part']);
  });

  it('keep records and lines of code whole', () => {
    const rows = Array.from({ length: 12 }, (_, index) => `row ${index},value ${index}. Another part,x`);
    for (const { text } of slices(rows.join('\n'), 'records')) {
      for (const line of text.split('\n')) expect(rows).toContain(line);
    }
  });

  it('cut a line that is longer than a passage, but never inside a character', () => {
    const text = '😀'.repeat(500);
    const passages = slices(text, 'records').map((slice) => slice.text);
    expect(passages.join('')).toBe(text);
    for (const passage of passages) expect(passage.isWellFormed()).toBe(true);
  });

  it('take in 200,000 bare headings, which would not end within the test if each were copied for the next', () => {
    const chunks = chunkText('# a\n'.repeat(200_000), 'markdown');
    expect(chunks.at(-1)?.end).toBeGreaterThan(799_990);
  });

  it('are none for an empty or blank text', () => {
    expect(slices('')).toEqual([]);
    expect(slices(' \n\t\n\uFEFF')).toEqual([]);
  });

  it('are slices in order, within their size, that together hold every word', () => {
    const piece = fc.constantFrom(
      '# ',
      '## T',
      '\n',
      '\n\n',
      '\r\n',
      ' ',
      '. ',
      'word',
      'Ünï 😀',
      '- item',
      '```\n',
      '---\n',
      '===\n',
      '漢字。',
      'a'.repeat(90),
    );
    const format = fc.constantFrom<TextFormat>('markdown', 'plain', 'records', 'code');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), format, (pieces, kind) => {
        const text = pieces.join('');
        const chunks = chunkText(text, kind, sizes);
        const covered = new Uint8Array(text.length);
        let last = -1;
        for (const { start, end } of chunks) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          last = start;
          covered.fill(1, start, end);
        }
        const missed = [...covered.keys()].filter((at) => covered[at] === 0 && !/[\s\uFEFF]/u.test(text[at] ?? ''));
        expect(missed).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
