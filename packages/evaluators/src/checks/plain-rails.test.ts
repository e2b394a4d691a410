import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '@telos/core';
import { score, subjectOf } from '../fixtures/score.ts';
import { language } from '../language/language.ts';
import { profanity } from '../profanity/profanity.ts';
import { allowList } from './allow-list.ts';
import { size } from './size.ts';

const verdictOf = async (check: Parameters<typeof score>[0], value: Json, params: Json) =>
  (await score(check, subjectOf(value), params)).verdict;

describe('size', () => {
  it.each<[Json, Json, string]>([
    ['abcd', { max_characters: 4 }, 'pass'],
    ['abcde', { max_characters: 4 }, 'fail'],
    ['ää', { max_bytes: 3 }, 'fail'],
    [[1, 2, 3], { max_items: 2 }, 'fail'],
    [{ a: { b: [1] } }, { max_depth: 3 }, 'pass'],
    [{ a: { b: [1] } }, { max_depth: 2 }, 'fail'],
    ['x'.repeat(400), { max_tokens: 99 }, 'fail'],
  ])('of %j within %j: %s', async (value, params, verdict) => {
    expect(await verdictOf(size, value, params)).toBe(verdict);
  });

  it('says every limit that is exceeded, and scores by the worst', async () => {
    const verdict = await score(size, subjectOf([[1, 2, 3, 4]]), { max_items: 2, max_depth: 1 });
    expect(verdict).toMatchObject({
      score: 0.5,
      reason: 'The value is too large: 4 items, at most 2; 2 levels, at most 1.',
    });
  });

  it('measures what is nested without end', async () => {
    let deep: Json = 1;
    for (let level = 0; level < 900; level += 1) deep = [deep];
    expect(await verdictOf(size, deep, { max_depth: 100 })).toBe('fail');
  });

  it('refuses to have no limit', () => {
    expect(size.params.safeParse({}).success).toBe(false);
  });
});

describe('allow_list', () => {
  const hosts = ['example.com', '*.docs.example.com'];

  it.each<[string, string]>([
    ['See https://example.com/a?b=c.', 'pass'],
    ['See https://example.com:8443/a and HTTPS://EXAMPLE.COM.', 'pass'],
    ['See https://eu.docs.example.com/x', 'pass'],
    ['No address at all, and/or //none; 1//2.', 'pass'],
    ['See https://docs.example.com/x', 'fail'],
    ['See https://example.com.evil.net/x', 'fail'],
    ['See https://example.com@evil.net/x', 'fail'],
    ['See https://evilexample.com', 'fail'],
    ['![x](//evil.net/p.png?d=1)', 'fail'],
    ['see www.evil.net today', 'fail'],
    ['ftp://evil.net/x and ws://evil.net', 'fail'],
    ['write to mailto:a@evil.net?subject=x', 'fail'],
    ['write to mailto:a@example.com', 'pass'],
    ['https://[::1]/ and http://127.0.0.1/', 'fail'],
  ])('of hosts, in %j: %s', async (text, verdict) => {
    expect(await verdictOf(allowList, text, { hosts })).toBe(verdict);
  });

  it('says where in a value an address stands, and can take it out', async () => {
    const verdict = await score(allowList, subjectOf({ body: 'go to https://evil.net/x now' }), {
      hosts: [],
      redact: true,
    });
    expect(verdict).toMatchObject({
      score: 0,
      evidence: { findings: [{ type: 'FOREIGN_HOST', start: 6, end: 24, at: '/body' }] },
      replacement: { body: 'go to <FOREIGN_HOST_1> now' },
    });
  });

  it('of values holds the value, a field of it, or each item of a list', async () => {
    const values = ['red', 'blue', { a: 1 }];
    expect(await verdictOf(allowList, 'red', { values })).toBe('pass');
    expect(await verdictOf(allowList, 'green', { values })).toBe('fail');
    expect(await verdictOf(allowList, ['red', { a: 1 }], { values })).toBe('pass');
    expect(await verdictOf(allowList, ['red', { a: 2 }], { values })).toBe('fail');
    expect(await verdictOf(allowList, { to: { colour: 'blue' } }, { values, field: 'to.colour' })).toBe('pass');
    expect(await verdictOf(allowList, { to: {} }, { values, field: 'to.colour' })).toBe('fail');
  });

  it.each(['http://', 'www.', 'mailto:a', '//a.', 'a://b '])(
    'takes time that grows with a text of %j',
    async (piece) => {
      expect(await verdictOf(allowList, piece.repeat(300_000), { hosts })).not.toBe('error');
    },
  );
});

describe('profanity', () => {
  it.each([
    'What the fuck.',
    'sh1t happens',
    'F*CK off',
    'f u c k this',
    'you fucking idiot',
    'So ein Scheiß!',
    '¡Mierda!',
    'fuuuuck',
    's.h.i.t',
    'ты сука',
    'c\u0301azzo? cazzo!',
  ])('finds %j', async (text) => {
    expect(await verdictOf(profanity, text, {})).toBe('fail');
  });

  it.each([
    'I live in Scunthorpe and like shiitake.',
    'an assistant assesses the class',
    'Dickens and Hancock',
    'the cockpit of a plane',
    'a b c d e',
    'damn it',
    '5 * 4 * 3',
    'Essex, Sussex',
    'push it',
    '#1 @home',
  ])('lets %j pass', async (text) => {
    expect(await verdictOf(profanity, text, {})).toBe('pass');
  });

  it('looks for what it is told: level, languages, words of your own, exceptions', async () => {
    expect(await verdictOf(profanity, 'damn it', { level: 'mild' })).toBe('fail');
    expect(await verdictOf(profanity, 'So ein Scheiß', { languages: ['en'] })).toBe('pass');
    expect(await verdictOf(profanity, 'that frobnicator', { words: ['frobnicator'] })).toBe('fail');
    expect(await verdictOf(profanity, 'the bitch was a good dog', { allow: ['bitch'] })).toBe('pass');
  });

  it('says where a word stands without repeating it, and can take it out', async () => {
    const verdict = await score(profanity, subjectOf('what the fuck!'), { redact: true });
    expect(verdict).toMatchObject({
      evidence: { findings: [{ type: 'PROFANITY', start: 9, end: 13 }] },
      replacement: 'what the <PROFANITY_1>!',
    });
    expect(verdict.reason).not.toContain('fuck');
  });

  it.each(['f*', 'fu* ', 'f ', 'f.', '@', 'a*b#', 'fuck'])('takes time that grows with a text of %j', async (piece) => {
    expect(await verdictOf(profanity, piece.repeat(250_000), {})).not.toBe('error');
  });
});

describe('language', () => {
  it.each<[string, string[], string]>([
    ['The meeting is moved to Friday because the room is taken.', ['en'], 'pass'],
    ['Das Treffen wird auf Freitag verschoben, weil der Raum belegt ist.', ['en'], 'fail'],
    ['Das Treffen wird auf Freitag verschoben, weil der Raum belegt ist.', ['en', 'de'], 'pass'],
    ['会議は金曜日に変更されました。', ['ja'], 'pass'],
    ['会議は金曜日に変更されました。', ['zh'], 'fail'],
    ['会议改到星期五，因为房间被占用了。', ['zh'], 'pass'],
    ['Встреча перенесена на пятницу, потому что комната занята.', ['en'], 'fail'],
    ['회의가 금요일로 변경되었습니다.', ['ko'], 'pass'],
    ['ok', ['de'], 'pass'],
    ['12 + 30 = 42', ['de'], 'pass'],
    ['Bitte so aufrufen: `the quick brown fox jumps over the lazy dog` und dann warten.', ['de'], 'pass'],
  ])('of %j among %j: %s', async (text, allow, verdict) => {
    expect(await verdictOf(language, text, { allow })).toBe(verdict);
  });

  it('sees a passage in another language, and says which', async () => {
    const text =
      'The meeting is moved to Friday because the room is taken.\n\nBitte überweisen Sie den offenen Betrag bis zum Ende des Monats auf unser Konto.';
    const verdict = await score(language, subjectOf(text), { allow: ['en'] });
    expect(verdict).toMatchObject({ verdict: 'fail' });
    expect(verdict.reason).toContain('looks like de');
    expect(verdict.score).toBeGreaterThan(0.3);
    expect(verdict.score).toBeLessThan(0.6);
  });

  it('scores any text within bounds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
        const verdict = await score(language, subjectOf(text), { allow: ['en'] });
        expect(verdict.verdict).not.toBe('error');
        expect(verdict.score >= 0 && verdict.score <= 1).toBe(true);
      }),
    );
  });

  it.each(['a', 'é ', '`', 'a@', 'x://', '日', '. '])('takes time that grows with a text of %j', async (piece) => {
    expect(await verdictOf(language, piece.repeat(500_000), { allow: ['en'] })).not.toBe('error');
  });
});
