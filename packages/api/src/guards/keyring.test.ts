/** Keys that the store keeps, as those who have one see them. */
import { createHash } from 'node:crypto';
import type { KeptKey } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStream } from '../testing/read-stream.ts';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

const clock = createFakeClock();
let server: TestServer;
beforeEach(async () => {
  server = await serveForTest({ keys: { holders: [] }, clock });
});
afterEach(() => server.close());

let made = 0;
async function give(more: Partial<KeptKey> = {}): Promise<{ readonly key: string; readonly id: string }> {
  const key = `a-key-of-good-length-${(made += 1)}`;
  const id = `anna-${made}`;
  const digest = createHash('sha256').update(key).digest('hex');
  await server.store.keys.add({ id, digest, name: 'anna', roles: [], createdAt: clock.now(), ...more });
  return { key, id };
}

const as = (key: string) => ({ authorization: `Bearer ${key}` });
const runs = (key: string) => server.get('/v1/runs', as(key));

describe('a key that the store keeps', () => {
  it('opens a server that runs already, in its role and its namespace, under its name', async () => {
    await problemIn(await runs('a-key-that-nobody-knows'), 401, 'API_KEY_WRONG');
    await clock.advance(1000);
    const { key } = await give({ roles: ['viewer'], namespace: 'sales' });
    expect((await runs(key)).status).toBe(200);
    await problemIn(await server.send('POST', '/v1/runs', {}, as(key)), 403, 'ROLE_MISSING');
    await problemIn(await server.get('/v1/runs?namespace=legal', as(key)), 403, 'NAMESPACE_REFUSED');
  });

  it('opens nothing two seconds after it was revoked, and its streams end', async () => {
    const { key, id } = await give();
    const other = await give();
    const run = await server.start({ name: 'Ada' }, as(key));
    const [stream, stays] = await Promise.all(
      [key, other.key].map((one) => readStream(`${server.url}/v1/runs/${run}/events`, as(one))),
    );
    expect((await stream?.next())?.event).toBe('run.created');
    expect((await stays?.next())?.event).toBe('run.created');
    await server.store.keys.revoke(id, clock.now());
    await clock.advance(2_000);
    expect(await stream?.rest()).toEqual([]);
    await problemIn(await runs(key), 401, 'API_KEY_WRONG');
    expect((await runs(other.key)).status).toBe(200);
    stays?.close();
  });

  it('opens nothing once its time is over, not even before anybody has looked', async () => {
    const { key } = await give({ expiresAt: clock.now() + 1_000 });
    expect((await runs(key)).status).toBe(200);
    await clock.advance(1_000);
    await problemIn(await runs(key), 401, 'API_KEY_WRONG');
  });

  it('is looked for once, however many wrong ones come at a time', async () => {
    let looks = 0;
    const { list } = server.store.keys;
    const keys = { ...server.store.keys, list: () => ((looks += 1), list()) };
    const other = await serveForTest({
      keys: { holders: [] },
      clock,
      store: { ...server.store, keys, close: async () => {} },
    });
    await Promise.all(Array.from({ length: 30 }, (_, n) => other.get('/v1/runs', as(`wrong-key-of-length-${n}`))));
    expect(looks).toBe(1);
    await other.close();
  });
});
