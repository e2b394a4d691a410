import { describe, expect, it } from 'vitest';
import { htmlText } from './html-text.ts';

describe('the text of an HTML page', () => {
  it('keeps headings, paragraphs, lists and tables in readable form', () => {
    const page = `<html><head><title>Caf&eacute; menu</title><style>p{}</style></head><body><h2>Drinks</h2>
      <p>Tea &amp;
      coffee</p><ul><li>Green</li><li>Black</li></ul><table><tr><td>Tea</td><td>2 &euro;</td></tr></table></body></html>`;
    expect(htmlText(page)).toBe('# Café menu\n\n## Drinks\n\nTea & coffee\n\n- Green\n- Black\n\nTea | 2 € |');
  });

  it('leaves out scripts, styles, comments and templates', () => {
    const page =
      '<p>a</p><script>if (1 < 2) alert("x")</script><!-- secret --><style>b</style><template>c</template><p>d</p>';
    expect(htmlText(page)).toBe('a\n\nd');
  });

  it('is not misled by a > inside a quoted attribute', () => {
    expect(htmlText('<a title="a > b" href=\'x>y\'>link</a>')).toBe('link');
  });

  it('takes broken markup as text to its end', () => {
    expect(htmlText('1 < 2 and <b>bold')).toBe('1 < 2 and bold');
    expect(htmlText('<p>open <script>never closed')).toBe('open');
    expect(htmlText('<!-- never closed')).toBe('');
    expect(htmlText('&#0; &#xD800; &#x1F600; &unknown;')).toBe('\uFFFD \uFFFD 😀 &unknown;');
  });

  it('takes the title of the first head alone, however many there are', () => {
    expect(htmlText(`<head><title>One</title></head><p>x${'<head><title>Two</title></head>'.repeat(50_000)}`)).toBe(
      '# One\n\nx',
    );
  });
});
