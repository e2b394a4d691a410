import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { CallbackMessage } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { CallbackSpec, Ending, RunId, Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import { aNewRun, anOwnedRun, createFakeClock } from '@telos/testkit';
import type { FakeClock } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isStandardSigned } from '../signatures/standard-webhook.ts';
import { startCallbacks } from './send-callbacks.ts';
import type { CallbackDeps, CallbackSender, Post } from './send-callbacks.ts';

type Delivery = { readonly headers: IncomingHttpHeaders; readonly body: string };

const secret = 'whsec_c2VjcmV0IG9mIHR3bw==';
let store: Store;
let clock: FakeClock;
let there: Server;
/** What came there, and the statuses that it answers next; 200 after them. 0: it does not answer. */
let came: Delivery[] = [];
let statuses: number[] = [];
let answered: Record<string, string> = {};
let told: string[] = [];
let senders: CallbackSender[] = [];
/** Resolves what waits for a callback to be settled. */
let onSettled: () => void = () => undefined;

beforeEach(async () => {
  [came, statuses, told, senders, answered] = [[], [], [], [], {}];
  clock = createFakeClock();
  store = await openSqliteStore({ path: ':memory:', clock });
  there = createServer((request, response) => {
    void text(request).then((body) => {
      came.push({ headers: request.headers, body });
      const status = statuses.shift() ?? 200;
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, answered).end('thank you');
    });
  });
  await new Promise<void>((resolve) => there.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await Promise.all(senders.map((sender) => sender.stop(0)));
  await new Promise((resolve) => there.close(resolve));
  await store.close();
});

const url = (): string => `http://127.0.0.1:${(there.address() as AddressInfo).port}/ended?key=k`;

const post: Post = async ({ url: address, headers, body, signal }) => {
  const answer = await fetch(address, { method: 'POST', headers, body: new Uint8Array(body), signal });
  await answer.text();
  return { status: answer.status, headers: Object.fromEntries(answer.headers) };
};

function sender(more: Partial<CallbackDeps> = {}): CallbackSender {
  const made = startCallbacks({
    store: {
      ...store,
      callbacks: {
        ...store.callbacks,
        async settle(...given) {
          const done = await store.callbacks.settle(...given);
          onSettled();
          return done;
        },
      },
    },
    clock,
    post,
    secret: (name) => (name === 'THERE' ? secret : undefined),
    privateHosts: ['models'],
    tell: (message) => told.push(message),
    ...more,
  });
  senders.push(made);
  return made;
}

/** Waits until so many callbacks were settled by senders, in this way or that. */
function settled(count = 1): Promise<void> {
  let left = count;
  return new Promise((resolve) => {
    onSettled = () => {
      left -= 1;
      if (left === 0) resolve();
    };
  });
}

async function ended(
  how: Ending = 'succeeded',
  more: Partial<CallbackSpec> & { readonly labels?: ['private'] } = {},
): Promise<RunId> {
  const { labels, ...spec } = more;
  const callback = { url: url(), events: ['succeeded', 'failed', 'cancelled'] as const, secret: 'THERE', ...spec };
  const created = { tags: ['t'], ...(labels === undefined ? {} : { labels }) };
  const lease = await anOwnedRun(store, { callback, created });
  const at = 2000;
  await store.journal.append(lease, 1, [
    { type: 'run.started', at },
    how === 'succeeded'
      ? { type: 'run.succeeded', at, outputs: { value: { answer: 42 } } }
      : how === 'failed'
        ? { type: 'run.failed', at, error: { code: 'TOOL_FAILED', kind: 'terminal', message: 'it held 1234' } }
        : { type: 'run.cancelled', at, reason: 'not wanted' },
  ]);
  return lease.run;
}

const messageIn = ({ body }: Delivery): CallbackMessage => CallbackMessage.parse(JSON.parse(body));
const first = (): Delivery => {
  const [delivery] = came;
  if (delivery === undefined) throw new Error('Nothing came.');
  return delivery;
};

describe('the end of a run', () => {
  it('is posted with its outputs, and who knows the secret can tell that it comes from here', async () => {
    const run = await ended();
    const done = settled();
    sender();
    await done;
    const { headers, body } = first();
    expect(messageIn(first())).toMatchObject({
      type: 'run.succeeded',
      timestamp: '1970-01-01T00:00:02.000Z',
      data: { id: run, status: 'succeeded', outputs: { answer: 42 }, tags: ['t'], links: { self: `/v1/runs/${run}` } },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': `end_${run}` });
    const bytes = new TextEncoder().encode(body);
    expect(isStandardSigned(secret, headers, bytes, clock.now())).toBe(true);
    expect(isStandardSigned(secret, headers, bytes, clock.now() + 301_000)).toBe(false);
    expect(isStandardSigned('another', headers, bytes, clock.now())).toBe(false);
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'delivered', attempts: 1 });
  });

  it('is posted however it ended, with what there is to say of that', async () => {
    await ended('failed');
    await ended('cancelled');
    const done = settled(2);
    sender();
    await done;
    expect(came.map(messageIn).map(({ type, data }) => ({ type, why: data.error?.message ?? data.reason }))).toEqual(
      expect.arrayContaining([
        { type: 'run.failed', why: 'it held 1234' },
        { type: 'run.cancelled', why: 'not wanted' },
      ]),
    );
  });

  it('is not posted when nobody asked to be told of such an end', async () => {
    const run = await ended('failed', { events: ['succeeded'] });
    const done = settled();
    sender();
    await done;
    expect(came).toEqual([]);
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'unwanted' });
  });

  it('is posted as soon as the process that owned the run says so', async () => {
    const working = sender();
    await clock.advance(1);
    const run = await ended();
    const done = settled();
    working.ended();
    await done;
    expect(messageIn(first()).data.id).toBe(run);
  });

  it('is found by a process that did not own the run, within seconds', async () => {
    sender();
    await clock.advance(1);
    await ended();
    const done = settled();
    await clock.advance(5000);
    await done;
    expect(came).toHaveLength(1);
  });

  it('is posted again under the same id while the far side does not take it, later each time', async () => {
    statuses = [500, 0, 200];
    const run = await ended();
    let done = settled();
    sender();
    await done;
    expect(await store.callbacks.get(run)).toMatchObject({
      status: 'owed',
      attempts: 1,
      nextAt: clock.now() + 5000,
      problem: { code: 'CALLBACK_REFUSED' },
    });
    done = settled();
    await clock.advance(10_000);
    await done;
    expect(came).toHaveLength(2);
    done = settled();
    await clock.advance(40_000);
    await done;
    expect(came.map(({ headers }) => headers['webhook-id'])).toEqual(Array(3).fill(`end_${run}`));
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'delivered', attempts: 3 });
  });

  it('is posted again no sooner than Retry-After asks', async () => {
    statuses = [429];
    answered = { 'retry-after': '100' };
    const run = await ended();
    const done = settled();
    sender();
    await done;
    expect(await store.callbacks.get(run)).toMatchObject({ nextAt: clock.now() + 100_000 });
  });

  it('is given up after some three days, and then said once', async () => {
    statuses = Array<number>(20).fill(503);
    const run = await ended();
    sender();
    for (let attempt = 1; attempt <= 11; attempt += 1) {
      const done = settled();
      await clock.advance(90_000_000);
      await done;
    }
    expect(came).toHaveLength(11);
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'given_up', attempts: 11 });
    expect(told).toEqual([expect.stringContaining('127.0.0.1') as unknown]);
    expect(told[0]).not.toContain('key=k');
  });

  it.each([
    ['it is answered that nothing will be there again', { statuses: [410] }],
    [
      'its address is an inner one',
      { post: () => Promise.reject(new TelosError('HTTP_ADDRESS_REFUSED', '10.0.0.1 is a private address')) },
    ],
  ] as const)(
    'is given up at once when %s',
    async (_, { statuses: next, post: refusing }: { readonly statuses?: readonly number[]; readonly post?: Post }) => {
      statuses = [...(next ?? [])];
      const run = await ended();
      const done = settled();
      sender(refusing === undefined ? {} : { post: refusing });
      await done;
      expect(await store.callbacks.get(run)).toMatchObject({ status: 'given_up', attempts: 1 });
    },
  );

  it('waits for its secret when this process does not have it', async () => {
    const run = await ended('succeeded', { secret: 'OTHER' });
    const done = settled();
    sender();
    await done;
    expect(came).toEqual([]);
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'owed', problem: { code: 'SECRET_MISSING' } });
  });

  it('is posted by another process when the one that had taken it died', async () => {
    const run = await ended();
    const dead = Promise.withResolvers<never>();
    dead.promise.catch(() => undefined);
    const asked = Promise.withResolvers<void>();
    let left = 1;
    const take: Store['callbacks']['take'] = async (...given) =>
      (left -= 1) < 0 ? [] : store.callbacks.take(...given);
    sender({
      store: { ...store, callbacks: { ...store.callbacks, take } },
      post: () => {
        asked.resolve();
        return dead.promise;
      },
    });
    await asked.promise;
    sender();
    await clock.advance(14_000);
    expect(came).toEqual([]);
    const done = settled();
    await clock.advance(60_000);
    await done;
    expect(messageIn(first()).data.id).toBe(run);
    dead.reject(new Error('gone'));
  });

  it('is posted to a host that may have private data, and withheld from every other', async () => {
    await ended('succeeded', { labels: ['private'] });
    let done = settled();
    const post: { url: string; body: string }[] = [];
    const noting: Post = async ({ url: address, body }) => {
      post.push({ url: address, body: new TextDecoder().decode(body) });
      return { status: 204, headers: {} };
    };
    const working = sender({ post: noting, privateHosts: ['mine.example'] });
    await done;
    // This machine has it already.
    expect(post[0]?.body).toContain('"answer":42');
    for (const [host, how] of [
      ['mine.example', 'succeeded'],
      ['other.example', 'succeeded'],
      ['other.example', 'failed'],
    ] as const) {
      await ended(how, { labels: ['private'], url: `https://${host}/` });
      done = settled();
      working.ended();
      await done;
    }
    expect(post[1]?.body).toContain('"answer":42');
    expect(CallbackMessage.parse(JSON.parse(post[2]?.body ?? '')).data).toMatchObject({ withheld: true });
    expect(post[2]?.body).not.toContain('"answer":42');
    expect(post[3]?.body).not.toContain('it held 1234');
  });

  it('of 100 runs is posted once each by three processes that look at once', async () => {
    for (let run = 0; run < 100; run += 1) await ended();
    const done = settled(100);
    sender();
    sender();
    sender();
    await done;
    expect(new Set(came.map(({ headers }) => headers['webhook-id'])).size).toBe(100);
    expect(came).toHaveLength(100);
  });

  it('is not looked for in a run that has not ended', async () => {
    await store.journal.create(aNewRun({ callback: { url: url(), events: ['succeeded'] } }));
    sender();
    await clock.advance(20_000);
    expect(came).toEqual([]);
  });
});
