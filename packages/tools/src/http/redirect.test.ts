import { describe, expect, it } from 'vitest';
import { allowListOf } from './allow-list.ts';
import { follow } from './redirect.ts';
import type { Hop } from './redirect.ts';

const allowed = allowListOf(['10.0.0.5:8080']);
const inside: Hop = { url: new URL('http://10.0.0.5:8080/a'), method: 'GET', headers: {}, inner: true };

describe('a redirect', () => {
  it('stays inside between allowed inner hosts', () => {
    expect(follow(inside, 302, '/b', allowed).inner).toBe(true);
  });

  it('never leads from outside to an inner host, even to an allowed one', () => {
    const outside = follow(inside, 302, 'https://example.org/', allowed);
    expect(outside.inner).toBe(false);
    expect(follow(outside, 302, 'http://10.0.0.5:8080/admin', allowed).inner).toBe(false);
  });

  it('takes a body along from http to https of the same host', () => {
    const hop: Hop = { url: new URL('http://example.org/a'), method: 'POST', headers: {}, body: 'x', inner: false };
    expect(follow(hop, 308, 'https://example.org/a', allowed)).toMatchObject({ method: 'POST', body: 'x' });
    expect(() => follow(hop, 308, 'https://other.example/a', allowed)).toThrow('would receive the body');
  });

  it('drops credentials that the target URL carries', () => {
    expect(follow(inside, 302, 'https://user:pass@example.org/', allowed).url.href).toBe('https://example.org/');
  });
});
