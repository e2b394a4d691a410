/**
 * Pages made to cost: each once took minutes, gigabytes or the whole stack. What
 * a page may cost is counted in what it gives; a test that hangs would say so.
 */
import { describe, expect, it } from 'vitest';
import { readPage } from './read-page.ts';

const size = 2 * 1024 * 1024;
const filled = (piece: string, total = size): string => piece.repeat(Math.floor(total / piece.length));
const nested = (piece: string, levels = 140): string => piece.repeat(levels);

const read = (text: string, type = 'text/html') =>
  readPage({
    url: 'https://a.example/',
    redirects: 0,
    status: 200,
    headers: { 'content-type': type },
    body: Buffer.from(text),
  });

describe('a hostile page', () => {
  it.each<readonly [string, string]>([
    ['blanks in bold, one element each', `y<b>${filled('<i> </i>', 1_500_000)}x</b>`],
    ['blanks in code', `<pre>y${filled(' ')}x`],
    ['line breaks', `<p>y${filled('<br>', 700_000)}x`],
    ['blanks that no line break ends', `<p>y${filled('<i> </i>', 1_500_000)}x`],
    ['text in bold within bold', `${nested('<b>')}${filled('word ')}`],
    ['words in elements within elements', nested('<span>') + filled('<i>x</i>', 500_000)],
    ['backticks in pieces', `<pre>${filled('``` ')}`],
    ['cells in one row', `<table><tr>${filled('<td>x', 500_000)}</tr><tr><td>a<td>b</table>`],
    ['rows', `<table>${filled('<tr><td>x<td>y', 500_000)}</table>`],
    ['paragraphs', filled('<p>x</p>', 800_000)],
    ['terms', filled('<dt>x<dd>y', 500_000)],
    ['headings', filled('<h1>x</h1>', 800_000)],
    ['scripts that never end', `<p>x${filled('<script>')}`],
    ['comments that never end', `<p>x${filled('<!-- ')}`],
    ['one attribute', `<p title="${filled('a')}">x`],
    ['a style that nearly hides', `<p style="display${filled(' ')}">x`],
    ['a title', `<title>${filled('a ')}</title><p>x`],
    ['a heading of blanks', `# ${filled(' ', 500_000)}${filled('x ', 500_000)}`],
  ])('of nothing but %s is read', async (_, html) => {
    const page = await read(html);
    expect(page.markdown.length).toBeGreaterThan(0);
    expect(page.markdown.length).toBeLessThan(2 * html.length);
    expect(page.title.length).toBeLessThanOrEqual(500);
  });

  it.each<readonly [string, string]>([
    ['lists', nested('<ul><li>', 70) + filled('<p>x</p>', 800_000)],
    ['items', nested('<ul><li>', 70) + filled('<li>x', 800_000)],
    ['quotes', nested('<blockquote>') + filled('<p>x</p>', 800_000)],
  ])('of %s within each other is not indented without end', async (_, html) => {
    expect((await read(html)).markdown.length).toBeLessThan(10 * html.length);
  });

  it('of more elements than a reader could see is refused', async () => {
    await expect(read(filled('<p>x</p>', 4_000_000))).rejects.toMatchObject({
      code: 'PAGE_UNREADABLE',
      message: expect.stringContaining('more than 200000 elements'),
    });
  });

  it('does not make long addresses of short links', async () => {
    const base = `https://b.example/${'a'.repeat(100_000)}/`;
    const { markdown } = await read(`<base href="${base}">${filled('<a href=x>y</a> ', 100_000)}`);
    expect(markdown.length).toBeLessThan(500_000);
    expect((await read(`<p><a href="/${'a'.repeat(100_000)}">long</a>`)).markdown).toBe('long');
  });

  it('is not indented when it is JSON that nests', async () => {
    const json = `${'['.repeat(1000)}${filled('1,')}1${']'.repeat(1000)}`;
    expect((await read(json, 'application/json')).markdown.length).toBeLessThan(json.length + 100);
  });
});
