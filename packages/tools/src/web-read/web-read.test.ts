import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../http/http-client.ts';
import { realClock } from '../testing/clocks.ts';
import { serveLoopback } from '../testing/loopback-server.ts';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { webReadTool } from './web-read.ts';

/** Serves one body and reads it. `ORIGIN` in the output stands for the server's origin. */
async function read(body: string | Buffer, contentType: string | undefined = 'text/html', status = 200) {
  const server = await serveLoopback((_, response) => {
    if (contentType !== '') response.setHeader('content-type', contentType);
    response.writeHead(status).end(body);
  });
  const tool = webReadTool(createHttpClient({ clock: realClock, allowedHosts: [server.host] }), realClock);
  const context = recordingContext();
  const page = await runTool(tool, { url: `${server.origin}/docs/page.html` }, context);
  return {
    ...page,
    markdown: page.markdown.replaceAll(server.origin, 'ORIGIN'),
    url: page.url.replace(server.origin, 'ORIGIN'),
    context,
  };
}

const filler =
  '<p>This paragraph is here because an article has a body of text that is worth reading, with commas, and more.</p>';
const article = (inside: string): string =>
  `<!doctype html><html><head><title>The &amp; title</title></head><body><main><h1>Head</h1>${inside}${filler}</main></body></html>`;

describe('web.read', () => {
  it('gives title, Markdown and the URL, and records the call', async () => {
    const page = await read(article('<p>Some <b>bold</b> and <em>italic</em> text.</p>'));
    expect(page).toMatchObject({ title: 'The & title', url: 'ORIGIN/docs/page.html' });
    expect(page.markdown).toContain('# Head\n\nSome **bold** and _italic_ text.\n\nThis paragraph');
    expect(page.context.calls).toMatchObject([{ kind: 'http', name: 'web.read', attributes: { status: 200 } }]);
  });

  it('makes links and images absolute, by the base that the page states', async () => {
    const links =
      '<a href="../a?x=1">A</a> <a href="//cdn.example/b">B</a> <a href="#here">here</a> <a href="javascript:x()">js</a>';
    expect((await read(article(`<p>${links} <img src="i.png" alt="An image"></p>`))).markdown).toContain(
      '[A](ORIGIN/a?x=1) [B](http://cdn.example/b) here js ![An image](ORIGIN/docs/i.png)',
    );
    const based = await read(
      `<html><head><base href="https://other.example/x/"></head><body><p><a href="y">Y</a></p></body></html>`,
    );
    expect(based.markdown).toBe('[Y](https://other.example/x/y)');
  });

  it('writes lists with their nesting and numbers', async () => {
    const { markdown } = await read(
      article('<ul><li>one</li><li>two<ol start="3"><li>three</li><li><p>four</p></li></ol></li></ul><p>after</p>'),
    );
    expect(markdown).toContain('- one\n- two\n  3. three\n  4. four\n\nafter');
  });

  it('writes tables of data as tables, and tables of layout as text', async () => {
    const table =
      '<table><thead><tr><th>Name</th><th>Price</th></tr></thead><tbody><tr><td>A|x</td><td>1<br>2</td></tr><tr><td colspan="2">all</td></tr></tbody></table>';
    expect((await read(article(table))).markdown).toContain(
      '| Name | Price |\n| --- | --- |\n| A\\|x | 1 2 |\n| all |  |',
    );
    expect(
      (await read(article('<table><tr><td><p>just</p></td><td><p>layout</p></td></tr></table>'))).markdown,
    ).toContain('just\n\nlayout');
  });

  it('keeps code as it is written, with its language', async () => {
    const code =
      '<pre><code class="hljs language-js">const a = 1;\n\n  if (a &lt; 2) { `x` }\n</code></pre><p>Use <code>a*b_c</code>.</p>';
    expect((await read(article(code))).markdown).toContain(
      '```js\nconst a = 1;\n\n  if (a < 2) { `x` }\n```\n\nUse `a*b_c`.',
    );
  });

  it('fences code that holds fences with a longer one', async () => {
    expect((await read(article('<pre>```\ninner\n```</pre>'))).markdown).toContain('````\n```\ninner\n```\n````');
  });

  it('writes quotes, rules, breaks and definition lists', async () => {
    const { markdown } = await read(
      article(
        '<blockquote><p>said</p><p>twice</p></blockquote><hr><p>one<br>two</p><dl><dt>term</dt><dd>meaning</dd></dl>',
      ),
    );
    expect(markdown).toContain('> said\n>\n> twice\n\n---\n\none  \ntwo\n\n**term**\n\nmeaning');
  });

  it('escapes text that would be markup', async () => {
    const { markdown } = await read(
      article('<p># no heading, *no stars*, snake_case, _under_, 1 &lt;b&gt;</p><p>1. no list</p>'),
    );
    expect(markdown).toContain('\\# no heading, \\*no stars\\*, snake_case, \\_under\\_, 1 \\<b>\n\n1\\. no list');
  });

  it('drops scripts, styles, comments and whatever people cannot see', async () => {
    const hidden = [
      '<script>SCRIPT</script><style>STYLE</style><noscript>NOSCRIPT</noscript><template>TEMPLATE</template>',
      '<!-- COMMENT --><p hidden>ATTRIBUTE</p><p aria-hidden="true">ARIA</p><iframe>IFRAME</iframe>',
      '<p style="color:red; display : none">DISPLAY</p><p style="visibility:hidden">VISIBILITY</p><div style="opacity:0"><p>OPACITY</p></div>',
      '<p style="font-size:0px">SIZE</p><p style="position:absolute;left:-9999px">OFFSCREEN</p><span class="a sr-only">READER</span>',
      '<svg><title>SVG</title><text>DRAWN</text></svg><select><option>OPTION</option></select><input value="INPUT"><p style="opacity:0.5">seen</p>',
    ].join('');
    const page = await read(article(hidden));
    expect(page.markdown.replace(filler.replace(/<[^>]*>/g, ''), '').match(/[A-Z]{4,}/g)).toBeNull();
    expect(page.markdown).toContain('seen');
    expect(page.title).toBe('The & title');
  });

  it('leaves menus, banners and footers out when the page does not mark its main part', async () => {
    const menu = `<div class="site-nav">${'<a href="/x">Menu entry</a>'.repeat(6)}</div>`;
    const links = `<ul>${'<li><a href="/y">Related thing</a></li>'.repeat(6)}</ul>`;
    const page = await read(
      `<html><body><nav>Top menu</nav>${menu}<div class="content"><h1>News</h1>${filler.repeat(4)}</div>${links}<div id="cookie-consent">Accept cookies</div><footer>Copyright</footer></body></html>`,
    );
    expect(page.markdown).toContain('# News\n\nThis paragraph');
    expect(page.markdown).not.toMatch(/menu|Menu|Related|cookies|Copyright/);
  });

  it('keeps a page whole that would otherwise be lost', async () => {
    const page = await read(
      `<html><body><ul>${'<li><a href="/y">An entry of an index</a></li>'.repeat(20)}</ul></body></html>`,
    );
    expect(page.markdown.match(/An entry of an index/g)).toHaveLength(20);
  });

  it('takes the title from where it is best', async () => {
    expect(
      (
        await read(
          '<html><head><meta property="og:title" content="Social"><title>T - Site</title></head><body><p>x</p></body></html>',
        )
      ).title,
    ).toBe('Social');
    expect((await read('<html><body><h1>Only a heading</h1><p>x</p></body></html>')).title).toBe('Only a heading');
    expect((await read('<p>nothing else</p>')).title).toBe('page.html');
  });

  it('passes plain text and Markdown through and shows JSON indented', async () => {
    expect(await read('# Title\n\n*text*', 'text/markdown')).toMatchObject({
      title: 'Title',
      markdown: '# Title\n\n*text*',
    });
    expect((await read('a < b', 'text/plain; charset=utf-8')).markdown).toBe('a < b');
    expect((await read('{"a":[1]}', 'application/json')).markdown).toBe('```json\n{\n  "a": [\n    1\n  ]\n}\n```');
  });

  it('finds the character set and the type of what states neither', async () => {
    const page = await read(Buffer.from('<!DOCTYPE html><meta charset="iso-8859-1"><p>caf\xe9', 'latin1'), '');
    expect(page.markdown).toBe('café');
  });

  it.each([
    ['a PDF', '%PDF-1.7 ...', 'application/pdf', 'is a PDF'],
    ['a PDF that claims to be text', '%PDF-1.7 ...', 'text/plain', 'is a PDF'],
    ['an image', 'x', 'image/png', 'image/png'],
    ['bytes without a type', Buffer.from([0, 1, 2]), '', 'application/octet-stream'],
    [
      'a page that only a browser fills',
      '<html><body><script>render()</script><div id="root"></div></body></html>',
      'text/html',
      'holds no text',
    ],
    ['an empty text', ' ', 'text/plain', 'is empty'],
    ['a page nested beyond reason', `${'<div>'.repeat(100_000)}x`, 'text/html', 'nests'],
  ])('refuses %s', async (_, body, contentType, said) => {
    await expect(read(body, contentType)).rejects.toMatchObject({
      code: 'PAGE_UNREADABLE',
      message: expect.stringContaining(said),
    });
  });

  it('fails on an error page', async () => {
    await expect(read('<h1>Not found</h1>', 'text/html', 404)).rejects.toMatchObject({ code: 'HTTP_STATUS' });
  });

  it('reads broken and deeply nested HTML to its end', async () => {
    expect((await read('<p>one<p>two<b>three<table><td>x')).markdown).toBe('one\n\ntwo\n\nthree\n\nx');
    expect(
      (await read(`<html><body>${'<div><b>'.repeat(900)}deep${'</b></div>'.repeat(900)}</body></html>`)).markdown,
    ).toContain('deep');
  });
});
