import { describe, expect, it } from 'vitest';
import { textOf } from './text-of.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('the text of a body', () => {
  it.each([
    ['a charset in the content type', latin1('caf\xe9'), 'text/plain; charset=ISO-8859-1', 'café'],
    ['a quoted charset', latin1('\x93hi\x94'), 'text/html; charset="windows-1252"', '“hi”'],
    ['a meta tag', latin1('<html><head><meta charset="iso-8859-2"></head>\xb1'), 'text/html', 'ą'],
    [
      'a meta tag of the older form',
      latin1('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">\xf0'),
      undefined,
      'П',
    ],
    ['an XML declaration', latin1('<?xml version="1.0" encoding="ISO-8859-1"?>\xe9'), 'application/xml', 'é'],
    ['Japanese', Buffer.from([0x83, 0x65, 0x83, 0x58, 0x83, 0x67]), 'text/plain; charset=shift_jis', 'テスト'],
    ['a byte order mark over a wrong header', Buffer.from('\ufeffé'), 'text/plain; charset=iso-8859-1', 'é'],
    ['UTF-16', Buffer.from('\ufeffhi', 'utf16le'), undefined, 'hi'],
    ['nothing, but valid UTF-8', Buffer.from('naïve ✓'), undefined, 'naïve ✓'],
    ['nothing, and not UTF-8', latin1('na\xefve'), undefined, 'naïve'],
    ['a charset nobody knows', Buffer.from('naïve'), 'text/plain; charset=nonesuch', 'naïve'],
  ])('is decoded by %s', (_, body, contentType, expected) => {
    expect(textOf(body, contentType)).toContain(expected);
  });
});
