import { request } from 'node:http';
import { inline } from '@telos/core';
import type { Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import { createFakeClock } from '@telos/testkit';
import { EventPage, EventView, heartbeatMs, LiveView } from '@telos/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { readStream } from '../testing/read-stream.ts';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
afterEach(() => server.close());

const at = Date.UTC(2026, 0, 1);
const started = { type: 'run.started', at } as const;
const end = { type: 'run.succeeded', at, outputs: inline({}) } as const;
const begun = (path: string) => ({ type: 'step.started', at, path, attempt: 1 }) as const;

describe('the journal as pages', () => {
  it('gives events in order, as many as asked, and says when nothing will follow', async () => {
    server = await serveForTest();
    const id = await server.start();
    await server.append(id, started, begun('greet'), end);
    const first = EventPage.parse(await (await server.get(`/v1/runs/${id}/events?limit=2`)).json());
    expect(first).toMatchObject({ last: 2, ended: false, items: [{ type: 'run.created' }, { type: 'run.started' }] });
    const second = EventPage.parse(await (await server.get(`/v1/runs/${id}/events?after=2`)).json());
    expect(second).toMatchObject({ last: 4, ended: true });
    const third = EventPage.parse(await (await server.get(`/v1/runs/${id}/events?after=4`)).json());
    expect(third).toEqual({ items: [], last: 4, ended: true });
  });

  it.each(['after=-1', 'after=x', 'limit=0', 'limit=1001', 'from=1'])('refuses %s', async (query) => {
    server = await serveForTest();
    const id = await server.start();
    await problemIn(await server.get(`/v1/runs/${id}/events?${query}`), 400, 'REQUEST_MALFORMED');
  });
});

describe('the journal as a stream', () => {
  it('gives what was, then what comes, and ends with the run', async () => {
    server = await serveForTest();
    const id = await server.start();
    const stream = await readStream(`${server.url}/v1/runs/${id}/events`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    expect(stream.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await stream.next()).toMatchObject({ id: '1', event: 'run.created' });
    await server.append(id, started);
    expect(await stream.next()).toMatchObject({ id: '2', event: 'run.started' });
    await server.append(id, begun('greet'), end);
    const rest = await stream.rest();
    expect(rest.map((message) => message.id)).toEqual(['3', '4']);
    for (const message of rest) EventView.parse(JSON.parse(message.data ?? ''));
  });

  it('resumes wherever it was cut, without a gap or a repeat', async () => {
    server = await serveForTest();
    const id = await server.start();
    await server.append(id, started);
    const steps = Array.from({ length: 60 }, (_, index) => begun(`s${index}`));
    const writing = (async () => {
      for (const step of steps) await server.append(id, step);
      await server.append(id, end);
    })();
    const seen: string[] = [];
    for (;;) {
      const stream = await readStream(
        `${server.url}/v1/runs/${id}/events`,
        seen.length === 0 ? {} : { 'last-event-id': seen.at(-1) ?? '' },
      );
      if (stream.status === 204) break;
      for (let taken = 0; taken < 7; taken += 1) {
        const message = await stream.next();
        if (message?.id === undefined) break;
        seen.push(message.id);
      }
      stream.close();
    }
    await writing;
    expect(seen).toEqual(Array.from({ length: 63 }, (_, index) => String(index + 1)));
  });

  it('tells a reader that has everything not to come back', async () => {
    server = await serveForTest();
    const id = await server.start();
    await server.append(id, started, end);
    const answer = await server.get(`/v1/runs/${id}/events`, { accept: 'text/event-stream', 'last-event-id': '3' });
    expect(answer.status).toBe(204);
  });

  it('shows text of running steps between the events, without an id', async () => {
    server = await serveForTest();
    const id = await server.start();
    const stream = await readStream(`${server.url}/v1/runs/${id}/events`);
    await stream.next();
    server.live.publish(id, { type: 'text', path: 'greet', attempt: 1, text: 'Hel' });
    server.live.publish('another', { type: 'text', path: 'greet', attempt: 1, text: 'not yours' });
    const message = await stream.next();
    expect(message).toMatchObject({ event: 'live' });
    expect(message).not.toHaveProperty('id');
    expect(LiveView.parse(JSON.parse(message?.data ?? ''))).toMatchObject({ type: 'text', text: 'Hel' });
    await server.append(id, started, end);
    expect((await stream.rest()).map(({ event }) => event)).toEqual(['run.started', 'run.succeeded']);
  });

  it('beats while nothing happens', async () => {
    const clock = createFakeClock();
    server = await serveForTest({ clock });
    const id = await server.start();
    const stream = await readStream(`${server.url}/v1/runs/${id}/events`);
    await stream.next();
    await clock.advance(heartbeatMs);
    expect(await stream.next()).toEqual({ comment: true });
    stream.close();
  });

  it('lets a slow reader set the pace and still gives it everything', async () => {
    server = await serveForTest();
    const id = await server.start();
    const output = inline('x'.repeat(4_000));
    await server.append(
      id,
      started,
      ...Array.from({ length: 2_000 }, (_, index) => ({
        type: 'step.succeeded' as const,
        at,
        path: `s${index}`,
        attempt: 1,
        output,
      })),
      end,
    );
    const stream = await readStream(`${server.url}/v1/runs/${id}/events`);
    await stream.next();
    // The reader holds still: eight megabytes do not fit between the two, so the writer has to wait for it.
    for (let part = 0; part < 100; part += 1)
      server.live.publish(id, { type: 'text', path: 's0', attempt: 1, text: 'y' });
    const ids = (await stream.rest())
      .filter((message) => message.id !== undefined)
      .map((message) => Number(message.id));
    expect(ids).toEqual(Array.from({ length: 2_002 }, (_, index) => index + 2));
  });

  it('gives hundreds of readers of one run all of it, while one of them reads nothing', async () => {
    server = await serveForTest();
    const id = await server.start();
    const readers = await Promise.all(
      Array.from({ length: 300 }, () => readStream(`${server.url}/v1/runs/${id}/events`)),
    );
    const [idle, ...others] = readers;
    const done = Array.from({ length: 50 }, (_, index) => ({
      type: 'step.succeeded' as const,
      at,
      path: `s${index}`,
      attempt: 1,
      output: inline('x'.repeat(2_000)),
    }));
    await server.append(id, started, ...done, end);
    for (const reader of others) {
      const ids = (await reader.rest())
        .filter((message) => message.event !== 'live')
        .map((message) => Number(message.id));
      expect(ids).toEqual(Array.from({ length: 53 }, (_, index) => index + 1));
    }
    idle?.close();
  });

  it('keeps a bounded number of streams and says when to come back', async () => {
    server = await serveForTest({ streams: 1 });
    const id = await server.start();
    const stream = await readStream(`${server.url}/v1/runs/${id}/events`);
    await stream.next();
    const refused = await server.get(`/v1/runs/${id}/events`, { accept: 'text/event-stream' });
    expect(refused.headers.get('retry-after')).toBe('5');
    await problemIn(refused, 429, 'TOO_MANY_REQUESTS');
    stream.close();
    await expect
      .poll(async () => {
        const again = await readStream(`${server.url}/v1/runs/${id}/events`);
        again.close();
        return again.status;
      })
      .toBe(200);
  });

  it('keeps no stream for a reader who left before it began', async () => {
    const store = await openSqliteStore({ path: ':memory:' });
    const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const get: Store['runs']['get'] = async (run) => {
      asked.resolve();
      await gone;
      return store.runs.get(run);
    };
    server = await serveForTest({ streams: 1, store: { ...store, runs: { ...store.runs, get } } });
    const id = await server.start();
    const path = `/v1/runs/${id}/events`;
    const early = request(`${server.url}${path}`, { headers: { accept: 'text/event-stream' } });
    early.on('error', () => undefined).end();
    await asked.promise;
    early.destroy();
    // The server hears of it before it answers whoever asks next.
    for (let round = 0; round < 3; round += 1) await server.get('/healthz', { connection: 'close' });
    leave();
    await expect
      .poll(async () => {
        const stream = await readStream(`${server.url}${path}`);
        stream.close();
        return stream.status;
      })
      .toBe(200);
    await server.close();
    await store.close();
    server = await serveForTest();
  });

  it('ends when the server closes', async () => {
    server = await serveForTest();
    const id = await server.start();
    const stream = await readStream(`${server.url}/v1/runs/${id}/events`);
    await stream.next();
    const rest = stream.rest();
    await server.close();
    expect(await rest).toEqual([]);
    server = await serveForTest();
  });

  it('has no head without a body', async () => {
    server = await serveForTest();
    const id = await server.start();
    const answer = await server.send('HEAD', `/v1/runs/${id}/events`, undefined, { accept: 'text/event-stream' });
    expect(answer.status).toBe(405);
  });

  it('refuses an id that no event has', async () => {
    server = await serveForTest();
    const id = await server.start();
    const headers = { accept: 'text/event-stream', 'last-event-id': 'abc' };
    await problemIn(await server.get(`/v1/runs/${id}/events`, headers), 400, 'REQUEST_MALFORMED');
  });
});
