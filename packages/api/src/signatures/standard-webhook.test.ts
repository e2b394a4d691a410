import { describe, expect, it } from 'vitest';
import { isStandardSigned, standardSignature } from './standard-webhook.ts';

const body = new TextEncoder().encode('{"test": 2432232314}');

describe('a signature of Standard Webhooks', () => {
  it('is the one that the specification shows', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const signed = standardSignature(secret, { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_000, body });
    expect(signed).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  const at = Date.UTC(2026, 0, 1);
  const good = standardSignature('secret', { id: 'a', at, body });

  it('is taken within five minutes, also as one of several', () => {
    expect(isStandardSigned('secret', good, body, at + 299_000)).toBe(true);
    expect(isStandardSigned('secret', good, body, at - 299_000)).toBe(true);
    const two = { ...good, 'webhook-signature': `v1,AAAA ${good['webhook-signature']}` };
    expect(isStandardSigned('secret', two, body, at)).toBe(true);
  });

  it.each<readonly [string, Record<string, string | undefined>, string, number]>([
    ['another secret', {}, 'another', 0],
    ['another id', { 'webhook-id': 'b' }, 'secret', 0],
    ['another time', { 'webhook-timestamp': String(at / 1000 + 1) }, 'secret', 0],
    ['no time', { 'webhook-timestamp': undefined }, 'secret', 0],
    ['a time that is none', { 'webhook-timestamp': '1e9' }, 'secret', 0],
    ['a time long ago', {}, 'secret', 301_000],
    ['no version', { 'webhook-signature': good['webhook-signature']?.slice(3) }, 'secret', 0],
    ['an empty signature', { 'webhook-signature': 'v1,' }, 'secret', 0],
  ])('is refused with %s', (_, changed, secret, later) => {
    expect(isStandardSigned(secret, { ...good, ...changed }, body, at + later)).toBe(false);
  });

  it('is refused for another body', () => {
    expect(isStandardSigned('secret', good, new TextEncoder().encode('{}'), at)).toBe(false);
  });
});
