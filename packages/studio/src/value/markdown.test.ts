import { describe, expect, it } from 'vitest';
import { inlinesOf, looksLikeMarkdown, parseMarkdown } from './markdown.ts';

const text = (value: string) => ({ kind: 'text', text: value });
const paragraph = (value: string) => ({ kind: 'paragraph', children: [text(value)] });

describe('Markdown', () => {
  it('is read into headings, paragraphs, lists, code, quotes, tables and rules', () => {
    const blocks = parseMarkdown(
      '# Title #\n\nOne\nline.\n\n- a\n- b\n\n3. c\n4. d\n\n```ts\nlet x;\n\n```\n> said\n\n| A | B |\n|---|:-:|\n| 1 | 2\\|3 |\n\n---\nend',
    );
    expect(blocks).toEqual([
      { kind: 'heading', level: 1, children: [text('Title')] },
      paragraph('One\nline.'),
      { kind: 'list', items: [[paragraph('a')], [paragraph('b')]] },
      { kind: 'list', start: 3, items: [[paragraph('c')], [paragraph('d')]] },
      { kind: 'code', text: 'let x;\n' },
      { kind: 'quote', blocks: [paragraph('said')] },
      { kind: 'table', head: [[text('A')], [text('B')]], rows: [[[text('1')], [text('2|3')]]] },
      { kind: 'rule' },
      paragraph('end'),
    ]);
  });

  it('nests lists, and keeps what is indented in its item', () => {
    expect(parseMarkdown('- a\n  - b\n  - c\n\n  more\n- d')).toEqual([
      {
        kind: 'list',
        items: [
          [paragraph('a'), { kind: 'list', items: [[paragraph('b')], [paragraph('c')]] }, paragraph('more')],
          [paragraph('d')],
        ],
      },
    ]);
  });

  it('ends code at the end of a text that was cut off', () => {
    expect(parseMarkdown('```\nlet x;')).toEqual([{ kind: 'code', text: 'let x;' }]);
  });

  it('reads strong, emphasis, code and links inside a line', () => {
    expect(inlinesOf('a **b `c`** *d* _e_ `**f**` [g](https://h.example/i) j')).toEqual([
      text('a '),
      { kind: 'strong', children: [text('b '), { kind: 'code', text: 'c' }] },
      text(' '),
      { kind: 'emphasis', children: [text('d')] },
      text(' '),
      { kind: 'emphasis', children: [text('e')] },
      text(' '),
      { kind: 'code', text: '**f**' },
      text(' '),
      { kind: 'link', href: 'https://h.example/i', children: [text('g')] },
      text(' j'),
    ]);
  });

  it('links addresses that stand in the text, without the full stop after them', () => {
    expect(inlinesOf('See https://a.example/b.')).toEqual([
      text('See '),
      { kind: 'link', href: 'https://a.example/b', children: [text('https://a.example/b')] },
      text('.'),
    ]);
  });

  it.each([
    '[x](javascript:alert(1))',
    '[x](data:text/html,y)',
    '<script>alert(1)</script>',
    '![x](//evil.example/i.png)',
  ])('makes no link of %s', (source) => {
    expect(JSON.stringify(parseMarkdown(source))).not.toContain('"link"');
  });

  it('leaves names_with_underscores and 2 * 3 * 4 alone', () => {
    expect(inlinesOf('names_with_underscores and 2 * 3 * 4')).toEqual([text('names_with_underscores and 2 * 3 * 4')]);
  });

  it.each([
    ['stars', '*'.repeat(50_000)],
    ['quotes', '>'.repeat(20_000)],
    ['brackets', '['.repeat(50_000)],
    ['unclosed strong', '**a '.repeat(10_000)],
    ['bullets', '- '.repeat(20_000)],
    ['pipes', '|'.repeat(20_000)],
  ])('of nothing but %s is read to its end', (_, source) => {
    expect(parseMarkdown(source).length).toBeGreaterThan(0);
  });

  it('is told from plain text', () => {
    expect(['# a', 'x\n- a\n- b', 'see **this**', '[a](https://b.example)', '1. a'].every(looksLikeMarkdown)).toBe(
      true,
    );
    const workflow = '# Planned by rules.\ntelos: 1\nid: brief\nsteps:\n  - id: search\n    uses: web.search\n';
    expect(['Summary:\n- one\n- two', 'Title: Valves\nAuthor: Ada\n\n# One'].every(looksLikeMarkdown)).toBe(true);
    expect([workflow, '', 'plain', '2 * 3 * 4', '#hashtag', 'a - b'].some(looksLikeMarkdown)).toBe(false);
  });
});
