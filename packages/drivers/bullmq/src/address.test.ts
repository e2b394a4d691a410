import { describe, expect, it } from 'vitest';
import { readAddress, showAddress } from './address.ts';

const redis = { tls: false, prefix: 'telos' };

describe('the address of a queue', () => {
  it.each([
    ['redis://localhost', { ...redis, kind: 'redis', at: { host: 'localhost', port: 6379 }, db: 0 }],
    [
      'rediss://app:p%40ss%3Aw@cache.example:6380/3?prefix=staging',
      {
        kind: 'redis',
        at: { host: 'cache.example', port: 6380 },
        db: 3,
        tls: true,
        prefix: 'staging',
        username: 'app',
        password: 'p@ss:w',
      },
    ],
    [
      'redis://:secret@[::1]:7000',
      { ...redis, kind: 'redis', at: { host: '::1', port: 7000 }, db: 0, password: 'secret' },
    ],
    [
      'redis-sentinel://h1:26379,h2/mymaster/2?sentinel_password=s',
      {
        ...redis,
        kind: 'sentinel',
        sentinels: [
          { host: 'h1', port: 26_379 },
          { host: 'h2', port: 26_379 },
        ],
        master: 'mymaster',
        db: 2,
        sentinelLogin: { password: 's' },
      },
    ],
    [
      'rediss-cluster://u:p@h1:7000,h2:7001',
      {
        kind: 'cluster',
        nodes: [
          { host: 'h1', port: 7000 },
          { host: 'h2', port: 7001 },
        ],
        tls: true,
        prefix: 'telos',
        username: 'u',
        password: 'p',
      },
    ],
    ['postgresql://u:p@db/runs', { kind: 'postgres', url: 'postgresql://u:p@db/runs' }],
  ])('is read from %s', (text, address) => {
    expect(readAddress(text)).toEqual({ address });
  });

  it.each([
    ['http://host', /expected local:, redis:/],
    ['redis://a,b', /several are written redis-cluster: or redis-sentinel:/],
    ['redis://host:hunter2/0', /expected hosts like/],
    ['redis://u:hunter2@host/x', /number of a database/],
    ['redis://u:hunter2@host/0/1', /at most the number/],
    ['redis://u:hunter2%@host', /percent signs/],
    ['redis://u:hunter2@host?password=hunter2', /behind the question mark only prefix/],
    ['redis://host?prefix=a:b', /prefix: expected/],
    ['redis-sentinel://h1', /expected the name of the master/],
    ['redis-cluster://u:hunter2@h1/0', /no numbered databases/],
    ['redis://host:70000', /expected hosts like/],
    ['postgres://u:hunter2@host:port/db', /expected postgres:/],
    ['postgres://u:hunter2@host/db?schema=a;b', /schema: expected/],
    ['hunter2', /expected local:/],
  ])('is refused when it is %s, and no password is repeated', (text, problem) => {
    const read = readAddress(text);
    expect(read).toEqual({ problem: expect.stringMatching(problem) });
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });

  it.each([
    ['rediss://u:hunter2@host/1', 'rediss://host:6379/1'],
    ['redis-sentinel://u:hunter2@h1,h2/main?sentinel_password=hunter2', 'redis-sentinel://h1:26379,h2:26379/main'],
    ['redis-cluster://u:hunter2@[::1],h2:1', 'redis-cluster://[::1]:6379,h2:1'],
    ['postgres://u:hunter2@db:5433/runs?password=hunter2', 'postgres://db:5433/runs'],
  ])('is shown without who and how: %s', (text, shown) => {
    const read = readAddress(text);
    expect('address' in read && showAddress(read.address)).toBe(shown);
  });
});
