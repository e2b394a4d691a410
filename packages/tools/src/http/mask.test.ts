import { describe, expect, it } from 'vitest';
import { maskHeaders, maskText, maskUrl } from './mask.ts';

describe('masking', () => {
  it('hides headers that carry credentials and leaves the others', () => {
    const headers = {
      authorization: 'Bearer t',
      'set-cookie': 's=1',
      'x-api-key': 'k',
      'x-auth-token': 't',
      accept: 'a',
      etag: 'e',
    };
    const hidden = { authorization: '***', 'set-cookie': '***', 'x-api-key': '***', 'x-auth-token': '***' };
    expect(maskHeaders(headers)).toEqual({ ...hidden, accept: 'a', etag: 'e' });
  });

  it('hides credentials and secret fields in URLs', () => {
    const masked = maskUrl('https://user:pass@example.org/a?api_key=123&q=monkey&access_token=t&key=k');
    expect(masked).toBe('https://example.org/a?api_key=***&q=monkey&access_token=***&key=***');
  });

  it('hides what an answer echoes of a credential', () => {
    const echoed = '{"token": "abc", "user": "me", "headers": "Authorization: Bearer abcdef123456"} password=hunter2';
    const masked = maskText(echoed);
    expect(masked).not.toMatch(/abc|hunter2/);
    expect(masked).toContain('"user": "me"');
  });

  it('masks long hostile text in linear time', () => {
    expect(maskText('a-'.repeat(250)).length).toBe(500);
  });
});
