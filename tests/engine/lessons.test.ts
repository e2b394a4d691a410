/** Lessons from what users of other engines suffered that no other file of these tests is about. */
import { explain, fold, maxInterruptions } from '@telos/core';
import type { RunId, RunState, Store } from '@telos/core';
import { prune } from '@telos/executor';
import { afterEach, describe, expect, it } from 'vitest';
import { untilAborted } from './engine.ts';
import type { Act } from './engine.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

describe('what a long run leaves behind', () => {
  const rounds = 100;
  const large = 'x'.repeat(20_000);
  const yaml = `telos: 1\nid: t\nsteps:\n  - id: l\n    loop: { state: { v: "" }, until: "false", max: ${rounds}, next: { v: "\${{ steps.a.output }}" } }\n    steps: [{ id: a, uses: act, with: { v: "\${{ state.v }}" } }]\noutputs: { n: "\${{ size(steps.l.output.state.v) }}" }`;

  async function journalOf(store: Store, run: RunId): Promise<string> {
    return JSON.stringify(await Array.fromAsync(store.journal.read(run)));
  }

  it('is each value once, whoever names it, and a journal that grows with its steps alone: not by copies of its state', async () => {
    const engine = await stage.open({ tools: { act: () => large } });
    const put = engine.store.blobs.put.bind(engine.store.blobs);
    const hashes = new Set<string>();
    engine.store.blobs.put = async (...given) => {
      const hash = await put(...given);
      hashes.add(hash);
      return hash;
    };
    const run = await engine.start(yaml);
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    // The value itself, the state that holds it, and what a round is given.
    expect(hashes.size).toBeLessThan(8);
    expect((await journalOf(engine.store, run)).length).toBeLessThan(rounds * 2500);
  });

  it('goes by age: the journal, and the values that no other run names', async () => {
    const engine = await stage.open({ tools: { act: () => large } });
    const run = await engine.start(yaml);
    await engine.ended(run);
    const [blob] = /"blob":"[0-9a-f]{64}"/.exec(await journalOf(engine.store, run)) ?? [];
    const hash = blob?.slice('"blob":"'.length, -1) ?? '';
    expect(await engine.store.blobs.get(hash)).toBeDefined();
    // Its timers would be told of every second of a day.
    await engine.worker.stop();
    const { clock, store } = engine;
    const policy = [{ status: 'succeeded', keepMs: 24 * 3_600_000 }] as const;
    expect(await prune({ store, clock }, policy)).toMatchObject({ runs: {} });
    expect(await store.runs.get(run)).toBeDefined();
    await clock.advance(25 * 3_600_000);
    expect(await prune({ store, clock }, policy)).toMatchObject({ runs: { succeeded: 1 } });
    expect(await store.runs.get(run)).toBeUndefined();
    expect(await journalOf(store, run)).toBe('[]');
    expect(await store.blobs.get(hash)).toBeUndefined();
  });
});

describe('a failure inside a list', () => {
  it('says which item it was, in which step and at which attempt, in the run’s own error and in its journal', async () => {
    const engine = await stage.open({
      tools: {
        act: ({ n }) => {
          if (n === 'c') throw new Error('no luck');
          return n ?? null;
        },
      },
    });
    const run = await engine.start(
      `telos: 1\nid: t\nsteps:\n  - { id: each, foreach: "\${{ ['a', 'b', 'c'] }}", as: n, max_parallel: 3, steps: [{ id: look, uses: act, with: { n: "\${{ n }}" }, retry: { max: 2, delay: 1s, jitter: false } }] }`,
    );
    await engine.until(run, ({ type }) => type === 'attempt.failed');
    await engine.clock.advance(1000);
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'failed', error: { path: 'each[2].look', message: 'no luck' } });
    expect(state.steps.get('each[2].look')).toMatchObject({ status: 'failed', attempt: 2 });
    const failures = (await engine.events(run)).filter(({ type }) => type.endsWith('.failed'));
    expect(failures).toMatchObject([
      { type: 'attempt.failed', path: 'each[2].look', attempt: 1 },
      { type: 'step.failed', path: 'each[2].look', attempt: 2, error: { message: 'no luck' } },
      { type: 'step.failed', path: 'each', error: { path: 'each[2].look' } },
      { type: 'run.failed', error: { path: 'each[2].look' } },
    ]);
  });
});

describe('no run stays as it is for ever without a reason', () => {
  async function stateOf(store: Store, run: RunId): Promise<RunState> {
    const state = await fold(store.journal.read(run));
    if (state === undefined) throw new Error(`No run ${run}.`);
    return state;
  }

  it('each that does not go on says what has to happen first', async () => {
    const engine = await stage.open({
      tools: { hang: (_, { signal }) => untilAborted(signal), fail: () => Promise.reject(new Error('no luck')) },
    });
    const cases = [
      ['uses: hang', 'step.started', /^Step s is running \(attempt 1\)/],
      [
        'uses: fail, retry: { max: 3, delay: 1h, jitter: false }',
        'attempt.failed',
        /^Step s is tried again at .* because TOOL_FAILED: no luck/,
      ],
      ['wait: { for: 1h }', 'wait.opened', /^Step s sleeps and goes on at/],
      ['wait: { signal: go }', 'wait.opened', /^Step s waits for the signal `go`/],
      ['approve: { show: 1 }', 'wait.opened', /^Step s waits for/],
      [
        'uses: fail, on_error: quarantine',
        'step.quarantined',
        /^Step s is in quarantine and waits for a person: TOOL_FAILED: no luck/,
      ],
    ] as const;
    for (const [step, type, sentence] of cases) {
      const run = await engine.start(`telos: 1\nid: t\nsteps: [{ id: s, ${step} }]`);
      await engine.until(run, (event) => event.type === type);
      const [why] = explain(await stateOf(engine.store, run), engine.clock.now());
      expect(why?.sentence, step).toMatch(sentence);
    }
    const untaken = await engine.start('telos: 1\nid: t\nsteps: [{ id: s, uses: hang }]', {}, { rung: false });
    const [why] = explain(await stateOf(engine.store, untaken), engine.clock.now());
    expect(why?.sentence).toMatch(/^No worker has taken the run yet/);
  });

  it('one whose owner and whose doorbell are lost is found, and one that takes every owner down is ended', async () => {
    const begun: string[] = [];
    const hang: Act = (_, { signal, path }) => {
      begun.push(path);
      return untilAborted(signal);
    };
    let engine = await stage.open({ tools: { act: hang, deadly: hang }, owner: 'w0' });
    const lost = await engine.start('telos: 1\nid: t\nsteps: [{ id: s, uses: act }]');
    const deadly = await engine.start('telos: 1\nid: d\nsteps: [{ id: d, uses: deadly }]');
    await engine.until(lost, ({ type }) => type === 'step.started');
    for (let n = 1; n <= maxInterruptions; n++) {
      for (let turn = 0; turn < 100 && begun.filter((path) => path === 'd').length < n; turn++)
        await engine.clock.advance(1000);
      await stage.die(engine);
      engine = await stage.another(engine, { owner: `w${n}`, tools: { act: () => 1, deadly: hang } });
    }
    expect((await driven(engine, lost)).phase.status).toBe('succeeded');
    expect((await driven(engine, deadly)).phase).toMatchObject({ status: 'failed', error: { code: 'INTERRUPTED' } });
  });
});
