import { describe, expect, it } from 'vitest';
import { readConnectionUrl } from './connection-url.ts';

describe('the URL of a store in PostgreSQL', () => {
  it('names host, port, user, password and database, and shows all but the password', async () => {
    const { client, shown, ...rest } = readConnectionUrl('postgres://telos:p%40ss%2Fw@db.example:5433/runs');
    expect(client).toMatchObject({ host: 'db.example', port: 5433, user: 'telos', database: 'runs', ssl: false });
    expect(typeof client.password === 'function' && client.password()).toBe('p@ss/w');
    expect(shown).toBe('postgres://telos@db.example:5433/runs');
    expect(rest).toEqual({ schema: 'telos', connections: 5, prepare: 'auto' });
  });

  it('takes schema, connections, preparing, TLS and a socket from its parameters', () => {
    const url = 'postgresql:///runs?host=/run/postgresql&schema=telos_2&connections=20&prepare=off&sslmode=verify-full';
    const { client, ...rest } = readConnectionUrl(url);
    expect(client).toMatchObject({ host: '/run/postgresql', user: 'postgres', ssl: {} });
    expect(rest).toEqual({
      schema: 'telos_2',
      connections: 20,
      prepare: 'off',
      shown: 'postgres://postgres@/run/postgresql/runs',
    });
  });

  it.each([
    ['mysql://telos:hunter2@host/runs', /expected postgres:/],
    ['postgres://telos:hunter2@host:port/runs', /expected postgres:/],
    ['postgres://telos:hunter2@host', /must name a host and a database/],
    ['postgres://telos:hunter2@host/runs?shema=a', /parameter shema is not known/],
    ['postgres://telos:hunter2@host/runs?schema=Telos;drop', /schema: expected small letters/],
    ['postgres://telos:hunter2@host/runs?schema=pg_telos', /belong to PostgreSQL/],
    ['postgres://telos:hunter2@host/runs?connections=1', /connections/],
    ['postgres://telos:hunter2@host/runs?prepare=maybe', /prepare: expected on, off or auto/],
    ['postgres://telos:hunter2@host/runs?sslrootcert=/no/such/file', /files that it names/],
  ])('is refused as %s, without the password', (url, message) => {
    let failure: unknown;
    try {
      readConnectionUrl(url);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) as unknown });
    expect(`${JSON.stringify(failure)} ${String(failure)} ${(failure as Error).stack}`).not.toContain('hunter2');
  });
});
