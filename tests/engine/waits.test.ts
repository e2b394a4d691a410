/** Waiting for a time or a signal: the run holds nothing meanwhile, and goes on once, whoever owns it then. */
import { explain, fold } from '@telos/core';
import type { Json, Message, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';
import { agreeable, createStage, driven, withEachDeath } from './stage.ts';
import { testStore } from './stores.ts';

const stage = createStage();
afterEach(() => stage.clear());

const workflow = (steps: string, outputs = ''): string =>
  `telos: 1\nid: t\nsteps:\n${steps}\n${outputs === '' ? '' : `outputs: ${outputs}`}`;
const types = (events: readonly RunEvent[]): string[] => events.map(({ type }) => type);
const isParked = ({ type }: RunEvent): boolean => type === 'run.waiting';

/** Lets what is under way settle without time passing. */
async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

describe('a step that waits for a time', () => {
  it('lets its run go, and the run is taken up when it is due, not sooner', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const from = engine.clock.now();
    const run = await engine.start(
      workflow('  - { id: nap, wait: { for: 10m } }\n  - { id: a, uses: act }', '{ at: "${{ steps.nap.output.at }}" }'),
    );
    await engine.until(run, isParked);
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    await engine.clock.advance(599_000);
    expect(types(await engine.events(run))).not.toContain('run.resumed');
    await engine.clock.advance(2000);
    const state = await engine.ended(run);
    const { at } = outputsOf(state) as { readonly at: string };
    expect(Date.parse(at) - from).toBeGreaterThanOrEqual(600_000);
    expect(Date.parse(at) - from).toBeLessThanOrEqual(601_000);
  });

  it.each(['"0s"', '"${{ 0 }}"', '"${{ -5000 }}"', '"${{ \'0ms\' }}"'])('for %s goes on at once', async (time) => {
    const engine = await stage.open();
    expect((await engine.run(workflow(`  - { id: nap, wait: { for: ${time} } }`))).phase.status).toBe('succeeded');
  });

  it('until an instant that is past goes on at once', async () => {
    const engine = await stage.open();
    const state = await engine.run(workflow('  - { id: nap, wait: { until: "2001-01-01T00:00:00Z" } }'));
    expect(state.phase.status).toBe('succeeded');
  });

  it('for what is no time fails with the value in the message', async () => {
    const engine = await stage.open({ tools: { act: () => 'soon' } });
    const state = await engine.run(
      workflow('  - { id: a, uses: act }\n  - { id: nap, wait: { for: "${{ steps.a.output }}" } }'),
    );
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { code: 'WAIT_INVALID', path: 'nap', message: expect.stringContaining('"soon"') },
    });
  });

  it('that is due while nobody is there is due at once for the next owner', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const run = await engine.start(workflow('  - { id: nap, wait: { for: 10m } }\n  - { id: a, uses: act }'));
    await engine.until(run, isParked);
    await engine.worker.stop();
    await engine.clock.advance(86_400_000);
    const next = await stage.another(engine);
    expect((await driven(next, run, agreeable, 1000)).phase.status).toBe('succeeded');
  });

  it('keeps its time when a signal comes that nothing waits for', async () => {
    const engine = await stage.open();
    const run = await engine.start(workflow('  - { id: nap, wait: { for: 10m } }'));
    await engine.until(run, isParked);
    await settle(engine);
    await engine.store.inbox.post(run, { id: 's', kind: 'signal', name: 'other', payload: { value: 1 } });
    await engine.until(run, ({ type }) => type === 'signal.received');
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    expect(await engine.store.leases.nextDueMs()).toBe(600_000);
    await engine.clock.advance(601_000);
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
  });

  it('keeps its time when it is told what does not concern it', async () => {
    const engine = await stage.open();
    const run = await engine.start(workflow('  - { id: nap, wait: { for: 10m } }'));
    await engine.until(run, isParked);
    const messages: Message[] = [
      { id: 'm1', kind: 'decide', wait: 3, decision: 'approve' },
      { id: 'm2', kind: 'resolve', path: 'nap', as: 'succeed' },
      { id: 'm3', kind: 'resume' },
      { id: 'm4', kind: 'outcome', path: 'nap', attempt: 1, calls: [], outcome: { ended: 'stopped' } },
    ];
    for (const message of messages) await engine.store.inbox.post(run, message);
    await settle(engine);
    expect(await engine.store.inbox.pending(run)).toEqual([]);
    expect(await engine.store.leases.nextDueMs()).toBe(600_000);
    expect((await driven(engine, run, () => undefined)).phase.status).toBe('succeeded');
  });
});

describe('a step that waits for a signal', () => {
  const signal = (more = ''): string =>
    workflow(`  - { id: s, wait: { signal: go${more} } }`, '{ got: "${{ steps.s.output }}" }');

  it('gives the payload, which nobody has vouched for', async () => {
    const engine = await stage.open();
    const run = await engine.start(signal());
    await engine.until(run, isParked);
    await engine.store.inbox.post(run, { id: 'm', kind: 'signal', name: 'go', payload: { value: { a: [1, null] } } });
    const state = await engine.ended(run);
    expect(outputsOf(state)).toEqual({ got: { a: [1, null] } });
    expect(state.steps.get('s')).toMatchObject({ labels: ['untrusted'] });
  });

  it('takes one that came before it waited, the oldest first, and each once', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      workflow(
        '  - { id: nap, wait: { for: 1m } }\n  - { id: a, wait: { signal: go } }\n  - { id: b, wait: { signal: go } }',
        '{ got: "${{ [steps.a.output, steps.b.output] }}" }',
      ),
    );
    await engine.until(run, isParked);
    for (const n of [1, 2, 2])
      await engine.store.inbox.post(run, { id: `m${n}`, kind: 'signal', name: 'go', payload: { value: n } });
    expect(outputsOf(await driven(engine, run, () => undefined))).toEqual({ got: [1, 2] });
  });

  it('is not answered twice by one signal that is sent again after it was taken', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      workflow(
        '  - { id: a, wait: { signal: go } }\n  - { id: b, wait: { signal: go, timeout: 10m, on_timeout: continue } }',
        '{ got: "${{ [steps.a.output, steps.b.output] }}" }',
      ),
    );
    await engine.until(run, isParked);
    const message = { id: 'once', kind: 'signal', name: 'go', payload: { value: 1 } } as const;
    await engine.store.inbox.post(run, message);
    await engine.until(run, (event) => event.type === 'wait.opened' && event.path === 'b');
    await settle(engine);
    await engine.store.inbox.post(run, message);
    expect(outputsOf(await driven(engine, run, () => undefined))).toEqual({ got: [1, null] });
  });

  it('fails when its time is up, or goes on with null where it says so', async () => {
    const engine = await stage.open();
    const late = await engine.start(signal(', timeout: 1h'));
    const going = await engine.start(signal(', timeout: 1h, on_timeout: continue'));
    expect((await driven(engine, late, () => undefined, 600_000)).phase).toMatchObject({
      error: { code: 'WAIT_TIMEOUT', path: 's' },
    });
    expect(outputsOf(await driven(engine, going, () => undefined, 600_000))).toEqual({ got: null });
  });

  describe('with a schema', () => {
    const strict = ', schema: { type: object, properties: { ok: { type: boolean } }, required: [ok] }';
    const napping = workflow(
      `  - { id: nap, wait: { for: 1m } }\n  - { id: s, wait: { signal: go${strict} } }`,
      '{ got: "${{ steps.s.output }}" }',
    );
    const send = (engine: Engine, run: string, id: string, value: Json) =>
      engine.store.inbox.post(run, { id, kind: 'signal', name: 'go', payload: { value } });
    const refused = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'signal.refused');

    it('takes the first that fits of those that came before it waited, and records why it refused the others', async () => {
      const engine = await stage.open();
      const run = await engine.start(napping);
      await engine.until(run, isParked);
      await send(engine, run, 'text', 'yes');
      await send(engine, run, 'empty', {});
      await send(engine, run, 'good', { ok: true });
      await send(engine, run, 'later', { ok: false });
      expect(outputsOf(await driven(engine, run, () => undefined))).toEqual({ got: { ok: true } });
      const events = await engine.events(run);
      expect(refused(events)).toMatchObject([
        { id: 'text', path: 's', error: { code: 'VALUE_INVALID', message: expect.stringContaining('expected') } },
        { id: 'empty', path: 's', error: { message: expect.stringMatching(/payload.*ok/) } },
      ]);
    });

    it('waits on when none of them fits, says why, and takes one that comes then', async () => {
      const engine = await stage.open();
      const run = await engine.start(napping);
      await engine.until(run, isParked);
      await send(engine, run, 'bad', { ok: 'yes' });
      await engine.clock.advance(61_000);
      await engine.until(run, ({ type }) => type === 'signal.refused');
      await settle(engine);
      expect(engine.worker.owned).toBe(0);
      const state = await fold(engine.store.journal.read(run));
      expect(state === undefined ? [] : explain(state, engine.clock.now())).toMatchObject([
        { path: 's', sentence: expect.stringMatching(/waits for the signal `go`\. One was refused: .*payload\.ok/) },
      ]);
      await send(engine, run, 'good', { ok: true });
      expect(outputsOf(await engine.ended(run))).toEqual({ got: { ok: true } });
    });

    it('looks at one that comes while it waits too: whoever sent it may have seen another step wait', async () => {
      const engine = await stage.open();
      const run = await engine.start(signal(strict));
      await engine.until(run, isParked);
      await send(engine, run, 'bad', 3);
      await engine.until(run, ({ type }) => type === 'signal.refused');
      const text = JSON.stringify({ ok: true, more: 'x'.repeat(100_000) });
      const bytes = new TextEncoder().encode(text);
      const blob = await engine.store.blobs.put(bytes, 'application/json');
      const payload = { blob, bytes: bytes.length };
      await engine.store.inbox.post(run, { id: 'large', kind: 'signal', name: 'go', payload });
      expect((await engine.ended(run)).phase.status).toBe('succeeded');
    });

    it('has its time run out all the same', async () => {
      const engine = await stage.open();
      const run = await engine.start(signal(`${strict}, timeout: 1h`));
      await engine.until(run, isParked);
      await send(engine, run, 'bad', 3);
      const state = await driven(engine, run, () => undefined, 600_000);
      expect(state.phase).toMatchObject({ error: { code: 'WAIT_TIMEOUT', path: 's' } });
    });

    it('is given what came for it by the next owner when the first dies anywhere on the way', async () => {
      const deaths = await withEachDeath(
        stage,
        async (first, afterDeath, which) => {
          const run = await first.start(napping);
          await first.clock.advance(1000);
          await send(first, run, 'bad', null);
          await send(first, run, 'good', { ok: true });
          await first.clock.advance(61_000);
          const state = await driven(await afterDeath(), run, () => undefined);
          expect(outputsOf(state), which).toEqual({ got: { ok: true } });
          expect(refused(await first.events(run)), which).toHaveLength(1);
        },
        () => ({}),
      );
      expect(deaths).toBeGreaterThan(5);
    });

    it('has the first look when another step comes to wait for the same signal', async () => {
      const engine = await stage.open();
      const run = await engine.start(
        workflow(
          `  - { id: a, wait: { signal: go${strict} } }\n  - { id: b, needs: [], wait: { signal: go } }`,
          '{ got: "${{ [steps.a.output, steps.b.output] }}" }',
        ),
      );
      await engine.until(run, isParked);
      await send(engine, run, 'one', { ok: true });
      await send(engine, run, 'two', 2);
      expect(outputsOf(await engine.ended(run))).toEqual({ got: [{ ok: true }, 2] });
    });
  });

  it('holds a large payload in a blob', async () => {
    const engine = await stage.open();
    const run = await engine.start(signal());
    await engine.until(run, isParked);
    const text = 'x'.repeat(100_000);
    const bytes = new TextEncoder().encode(JSON.stringify(text));
    const blob = await engine.store.blobs.put(bytes, 'application/json');
    await engine.store.inbox.post(run, { id: 'm', kind: 'signal', name: 'go', payload: { blob, bytes: bytes.length } });
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'succeeded', outputs: { bytes: expect.any(Number) } });
  });

  it('in every item of a list each takes one of the signals, as many as there are items', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      workflow(
        '  - { id: each, foreach: "${{ [1, 2, 3, 4] }}", max_parallel: 4, steps: [{ id: s, wait: { signal: go } }] }',
        '{ got: "${{ steps.each.output }}" }',
      ),
    );
    await engine.until(run, isParked);
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((value) =>
        engine.store.inbox.post(run, { id: value, kind: 'signal', name: 'go', payload: { value } }),
      ),
    );
    expect(outputsOf(await engine.ended(run))).toEqual({ got: ['a', 'b', 'c', 'd'] });
  });
});

describe('a run that waits, cancelled in the middle', () => {
  it('ends as cancelled, and what waited with it', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      workflow(
        '  - { id: both, parallel: { l: [{ id: a, wait: { for: 1h } }], r: [{ id: b, wait: { signal: go } }] } }',
      ),
    );
    await engine.until(run, isParked);
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(state.steps.get('both.l.a')).toMatchObject({ status: 'cancelled' });
    expect((await engine.store.waits.list({ run }, 10)).items).toEqual([]);
  });
});

describe('suspend between steps only: a run whose owner dies around a wait', () => {
  it('goes on with the next owner wherever that was, and does nothing irreversible twice', async () => {
    let sent: string[] = [];
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        sent = [];
        const run = await first.start(
          workflow(
            [
              '  - { id: before, uses: send, with: { n: 1 } }',
              '  - { id: nap, wait: { for: 10m } }',
              '  - { id: each, foreach: "${{ [1, 2] }}", max_parallel: 2, steps: [{ id: s, wait: { signal: go } }, { id: x, uses: act }] }',
              '  - { id: ask, approve: { show: "${{ steps.each.output }}" } }',
              '  - { id: after, uses: send, with: { n: 2 } }',
            ].join('\n'),
            '{ by: "${{ steps.ask.output.by }}" }',
          ),
        );
        await first.clock.advance(1000);
        const next = await afterDeath();
        const state = await driven(next, run, (wait) =>
          wait.kind === 'in_doubt'
            ? { id: `r${wait.id}`, kind: 'resolve', path: wait.path, as: 'succeed', output: { value: 'as told' } }
            : agreeable(wait),
        );
        expect(state.phase, which).toMatchObject({ status: 'succeeded', outputs: { value: { by: 'a tester' } } });
        expect(new Set(sent).size, which).toBe(sent.length);
      },
      () => ({
        tools: {
          act: () => 1,
          send: { effect: 'irreversible', run: async (_input, { path }) => (sent.push(path), 'sent') },
        },
      }),
    );
    // While a slow store answers, more comes together in one append.
    expect(deaths).toBeGreaterThan(testStore === 'sqlite' ? 10 : 7);
  });
});

describe('what a chain of waits costs', () => {
  it('is one read of the journal for each time it is taken up, and one link of its program', async () => {
    const engine = await stage.open();
    let reads = 0;
    let programs = 0;
    const { journal, programs: stored } = engine.store;
    const [read, get] = [journal.read.bind(journal), stored.get.bind(stored)];
    journal.read = (...args) => ((reads += 1), read(...args));
    stored.get = (...args) => ((programs += 1), get(...args));
    const naps = Array.from({ length: 8 }, (_, n) => `  - { id: n${n}, wait: { for: 1m } }`);
    const run = await engine.start(workflow(naps.join('\n')));
    for (let turn = 0; turn < 100 && (await engine.store.runs.get(run))?.endedAt === undefined; turn++)
      await engine.clock.advance(10_000);
    expect((await engine.store.runs.get(run))?.status).toBe('succeeded');
    expect(reads).toBe(9);
    expect(programs).toBe(1);
  });

  it('is nothing for those that are not parked: short waits end with one owner', async () => {
    const engine = await stage.open();
    const run = await engine.start(workflow('  - { id: a, wait: { for: 2s } }\n  - { id: b, wait: { for: 2s } }'));
    await driven(engine, run, agreeable, 1000);
    expect(types(await engine.events(run))).not.toContain('run.waiting');
  });
});
