import { createVaults, TelosError } from '@telos/core';
import type { RunState } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import type { Act, Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const one = (policies: string, outputs = '{ value: "${{ steps.a.output }}" }'): string =>
  `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act${policies === '' ? '' : `, ${policies}`} }\noutputs: ${outputs}`;

/** The one header that these tests send. */
function headersText(headers: unknown): string {
  return Object.values(headers ?? {}).join();
}

const busy = (): TelosError => new TelosError('STORE_UNAVAILABLE', 'busy');

describe('a step that fails', () => {
  it('fails the run with its path and what to do next', async () => {
    engine = await openEngine({ tools: { act: () => Promise.reject(new Error('no luck')) } });
    const state = await engine.run(one(''));
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { code: 'TOOL_FAILED', message: 'no luck', path: 'a', next: expect.stringContaining('retry') },
    });
  });

  it('is tried again after a growing wait, as its retry says, and then gives its result', async () => {
    const at: number[] = [];
    engine = await openEngine({
      tools: {
        act: (_, { attempt }) => {
          at.push(engine.clock.now());
          if (attempt < 3) throw busy();
          return attempt;
        },
      },
    });
    const run = await engine.start(one('retry: { max: 3, backoff: exponential, delay: 1s, jitter: false }'));
    await engine.until(run, (event) => event.type === 'attempt.failed');
    await engine.clock.advance(1000);
    await engine.until(run, (event) => event.type === 'attempt.failed' && event.attempt === 2);
    await engine.clock.advance(2000);
    expect(outputsOf(await engine.ended(run))).toEqual({ value: 3 });
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 1000, 3000]);
  });

  it('is not tried again when its error is terminal', async () => {
    let calls = 0;
    engine = await openEngine({
      tools: {
        act: () => {
          calls += 1;
          throw new TelosError('TOOL_INPUT', 'wrong');
        },
      },
    });
    await engine.run(one('retry: { max: 5 }'));
    expect(calls).toBe(1);
  });

  it('lets the run go on when it says on_error: continue, its error in its envelope', async () => {
    engine = await openEngine({ tools: { act: () => Promise.reject(new Error('no luck')) } });
    const state = await engine.run(
      one(
        'on_error: continue',
        '{ status: "${{ steps.a.status }}", why: "${{ steps.a.error.message }}", value: "${{ steps.a.output }}" }',
      ),
    );
    expect(outputsOf(state)).toEqual({ status: 'failed', why: 'no luck', value: null });
  });

  it('has its call aborted when it takes longer than its timeout, even if the tool does not heed the signal', async () => {
    let reason: unknown;
    engine = await openEngine({
      tools: {
        act: (_, { signal }) => {
          signal.addEventListener('abort', () => (reason = signal.reason));
          return new Promise(() => {});
        },
      },
    });
    const run = await engine.start(one('timeout: 5s'));
    await engine.until(run, (event) => event.type === 'step.started');
    await engine.clock.advance(5000);
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'failed', error: { code: 'STEP_TIMEOUT' } });
    expect(reason).toMatchObject({ code: 'STEP_TIMEOUT' });
  });

  it('fails when its tool gives something else than it promises', async () => {
    const { z } = await import('zod');
    engine = await openEngine({
      tools: { act: { output: z.object({ n: z.number() }), run: () => Promise.resolve('text') } },
    });
    expect((await engine.run(one(''))).phase).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_INVALID' } });
  });

  it('fails by an expression that cannot be evaluated, naming it', async () => {
    engine = await openEngine({ tools: { act: () => ({}) } });
    const state = await engine.run(
      `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act }\n  - { id: b, uses: act, with: { x: "\${{ steps.a.output.missing.deeper }}" } }`,
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_FAILED', path: 'b' } });
  });

  it('fails the run by an output that cannot be evaluated, after every step', async () => {
    engine = await openEngine({ tools: { act: () => ({}) } });
    const state = await engine.run(one('', '{ value: "${{ steps.a.output.missing.deeper }}" }'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_FAILED', path: 'outputs' } });
    expect(state.steps.get('a')?.status).toBe('succeeded');
    expect(engine.problems).toEqual([]);
  });

  it('aborts what runs beside it, and nothing follows the end of the run', async () => {
    let aborted = false;
    const begun = createLatch();
    engine = await openEngine({
      tools: {
        slow: async (_, { signal }) => {
          begun.open();
          return untilAborted(signal).catch((error: unknown) => {
            aborted = true;
            throw error;
          });
        },
        act: async () => {
          await begun.reached;
          throw new Error('no luck');
        },
      },
    });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: s, uses: slow, needs: [] }\n  - { id: a, uses: act, needs: [] }',
    );
    const state = await engine.ended(run);
    expect(state.steps.get('s')).toMatchObject({ status: 'cancelled' });
    expect(aborted).toBe(true);
    expect((await engine.events(run)).at(-1)?.type).toBe('run.failed');
  });
});

describe('a run', () => {
  it('that is cancelled aborts the call in flight, keeps what it had shown, and ends', async () => {
    const begun = createLatch();
    let aborted = false;
    engine = await openEngine({
      tools: {
        act: async (_, { signal, emitText }) => {
          emitText('half an ');
          emitText('answer');
          begun.open();
          return untilAborted(signal).catch((error: unknown) => {
            aborted = true;
            throw error;
          });
        },
      },
    });
    const run = await engine.start(one(''));
    await begun.reached;
    await engine.store.inbox.post(run, { id: 'm1', kind: 'cancel', reason: 'asked to' });
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'cancelled', reason: 'asked to' });
    expect(state.steps.get('a')).toMatchObject({ status: 'cancelled', partial: { value: 'half an answer' } });
    expect(aborted).toBe(true);
    expect(await engine.store.inbox.pending(run)).toEqual([]);
  });

  it('that waits to try a step again can be cancelled', async () => {
    engine = await openEngine({ tools: { act: () => Promise.reject(busy()) } });
    const run = await engine.start(one('retry: { max: 3, delay: 1h }'));
    await engine.until(run, (event) => event.type === 'attempt.failed');
    await engine.store.inbox.post(run, { id: 'm1', kind: 'cancel', reason: 'asked to' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
  });

  it('ends when its budget of calls is used up, and aborts what is under way', async () => {
    const usage = { input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 1, calls: 1 };
    engine = await openEngine({
      tools: {
        act: (_, { record }) => {
          record({ kind: 'chat', name: 'some/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage });
          return null;
        },
      },
    });
    const steps = [1, 2, 3, 4].map((n) => `  - { id: s${n}, uses: act }`).join('\n');
    const state = await engine.run(
      `telos: 1\nid: t\nlimits: { budget: { usd: 0.9, on_exceeded: fail } }\nsteps:\n${steps}`,
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(state.usage).toMatchObject({ usd: 1, calls: 2, input_tokens: 20 });
    expect(state.steps.has('s3')).toBe(false);
  });

  it('ends when its time is used up', async () => {
    engine = await openEngine({ tools: { act: (_, { signal }) => untilAborted(signal) } });
    const run = await engine.start(
      `telos: 1\nid: t\nlimits: { budget: { wall: 1m, on_exceeded: fail } }\nsteps:\n  - { id: a, uses: act }`,
    );
    await engine.until(run, (event) => event.type === 'step.started');
    await engine.clock.advance(60_000);
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
  });

  it('keeps large values out of the journal, and gives them whole to the steps that read them', async () => {
    const large = 'x'.repeat(100_000);
    engine = await openEngine({ tools: { make: () => large, act: ({ text }) => JSON.stringify(text).length - 2 } });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: m, uses: make }\n  - { id: a, uses: act, with: { text: "${{ steps.m.output }}" } }\noutputs: { n: "${{ steps.a.output }}" }',
    );
    expect(outputsOf(await engine.ended(run))).toEqual({ n: 100_000 });
    expect(JSON.stringify(await engine.events(run)).length).toBeLessThan(3000);
  });

  it('records the calls made inside a step before the step’s result, and counts their usage once', async () => {
    const usage = { input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 1, calls: 1 };
    engine = await openEngine({
      tools: {
        act: (_, { record }) => {
          for (const n of [1, 2])
            record({
              kind: 'chat',
              name: 'some/model',
              startedAt: 0,
              ms: 1,
              input: { n },
              output: 'y'.repeat(n * 5000),
              usage,
            });
          return null;
        },
      },
    });
    const run = await engine.start(one(''));
    const state = await engine.ended(run);
    const types = (await engine.events(run)).map((event) => event.type);
    expect(types).toEqual([
      'run.created',
      'run.started',
      'step.started',
      'call.finished',
      'call.finished',
      'step.succeeded',
      'run.succeeded',
    ]);
    expect(state.usage).toMatchObject({ calls: 2, usd: 1 });
    expect((await engine.store.runs.get(run))?.usage).toMatchObject({ calls: 2, usd: 1 });
  });
});

describe('the usage of a block', () => {
  it('is what its body used, in all its items', async () => {
    const usage = { input_tokens: 10, output_tokens: 5, usd: 0.5, ms: 1, calls: 1 };
    engine = await openEngine({
      tools: {
        act: (_, { record }) => {
          record({ kind: 'chat', name: 'some/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage });
          return null;
        },
      },
    });
    const state = await engine.run(
      'telos: 1\nid: t\nsteps:\n  - { id: each, foreach: "${{ [1, 2, 3] }}", steps: [{ id: x, uses: act }] }\n  - { id: each2, uses: act }\noutputs: { usd: "${{ steps.each.usage.usd }}", calls: "${{ steps.each.usage.calls }}" }',
    );
    expect(outputsOf(state)).toEqual({ usd: 1.5, calls: 3 });
  });
});

describe('secrets', () => {
  it('reach the tool and never the journal', async () => {
    let seen: unknown;
    engine = await openEngine({
      secrets: { TOKEN: 'very-secret' },
      tools: { act: ({ headers }) => ((seen = headers), null) },
    });
    const run = await engine.start(one('with: { headers: { authorization: "Bearer ${{ secrets.TOKEN }}" } }'));
    await engine.ended(run);
    expect(seen).toEqual({ authorization: 'Bearer very-secret' });
    const journal = JSON.stringify(await engine.events(run));
    expect(journal).not.toContain('very-secret');
    expect(journal).toContain('Bearer ***');
  });

  it('may be named in brackets', async () => {
    let seen: unknown;
    engine = await openEngine({
      secrets: { TOKEN: 'very-secret' },
      tools: { act: ({ headers }) => ((seen = headers), null) },
    });
    await engine.run(one(`with: { headers: { authorization: '\${{ secrets["TOKEN"] }}' } }`));
    expect(seen).toEqual({ authorization: 'very-secret' });
  });

  const secret = 'p4ss "word"/+';
  const echoes: readonly (readonly [string, Act])[] = [
    ['in its output', ({ headers }) => ({ [`echo ${headersText(headers)}`]: [headers ?? null] })],
    ['in its output as JSON text', ({ headers }) => JSON.stringify({ body: JSON.stringify(headers) })],
    ['in an address', ({ headers }) => `https://x.example/?key=${encodeURIComponent(headersText(headers))}`],
    ['in base64', ({ headers }) => Buffer.from(headersText(headers)).toString('base64')],
    [
      'in an error',
      ({ headers }) => {
        const details = { body: headersText(headers) };
        throw new TelosError('HTTP_STATUS', `refused ${headersText(headers)}`, { details });
      },
    ],
    ['in an error that is none of ours', ({ headers }) => Promise.reject(new Error(headersText(headers)))],
    [
      'in a call, in progress and in what it shows',
      ({ headers }, context) => {
        const echo = headersText(headers);
        context.record({ kind: 'http', name: echo, startedAt: 0, ms: 0, input: echo, output: { echo } });
        context.emitText(echo);
        context.progress(echo, { echo });
        return null;
      },
    ],
  ];
  it.each(echoes)(
    'that a tool gives back %s are hidden from the journal, from checks and from readers',
    async (_, act) => {
      const judged: unknown[] = [];
      engine = await openEngine({
        secrets: { KEY: secret },
        tools: { act },
        checks: {
          look: async (subject) => {
            judged.push(subject);
            return { score: 1, verdict: 'pass', reason: 'seen' };
          },
        },
      });
      const live: unknown[] = [];
      const run = await engine.start(
        one('with: { headers: { key: "${{ secrets.KEY }}" } }, gate: { checks: [{ look: {} }] }'),
      );
      engine.live.subscribe(run, (part) => live.push(part));
      await engine.ended(run);
      const written = JSON.stringify([await engine.events(run), judged, live]);
      expect(written).toContain('***');
      for (const form of ['p4ss', encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
        expect(written).not.toContain(form);
    },
  );

  it('that are addresses are hidden with the password they hold', async () => {
    engine = await openEngine({
      secrets: { DATABASE: 'postgres://telos:s3cr%2Ft-word@db.example/sales' },
      tools: { act: () => Promise.reject(new Error('login with s3cr/t-word or s3cr%2Ft-word failed')) },
    });
    const run = await engine.start(one('with: { auth: "${{ secrets.DATABASE }}" }'));
    await engine.ended(run);
    expect(JSON.stringify(await engine.events(run))).toContain('login with *** or *** failed');
  });

  it('that are not set fail the step with the name of the secret', async () => {
    engine = await openEngine({ tools: { act: () => null } });
    const state = await engine.run(one('with: { headers: { authorization: "${{ secrets.TOKEN }}" } }'));
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { code: 'SECRET_MISSING', message: expect.stringContaining('TOKEN') },
    });
  });
});

describe('a run that cannot be taken up because its program is gone', () => {
  it.each([['by its creator', true] as const, ['from the queue', false] as const])(
    'fails, tells of its end, and what was hidden of it is forgotten: taken up %s',
    async (_, here) => {
      const ends: RunState[] = [];
      const vaults = createVaults();
      engine = await openEngine({ tools: { act: () => 1 }, vaults, onEnd: (state) => ends.push(state) });
      const gone = createLatch();
      engine.store.programs.get = () => gone.reached.then(() => undefined);
      const run = await engine.start(one(''), {}, { here });
      vaults.of(run).keep({ '<EMAIL_1>': 'a@example.org' });
      gone.open();
      const { phase } = await engine.ended(run);
      expect(phase).toMatchObject({ status: 'failed', error: { code: 'STORE_CORRUPT' } });
      await engine.worker.stop();
      expect(ends.map((state) => [state.id, state.phase])).toEqual([[run, phase]]);
      expect(vaults.of(run).known()).toEqual({});
    },
  );
});
