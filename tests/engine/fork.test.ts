/** Forks: what the first run did is kept, what is done again sees it, and effects happen again only where that is said. */
import type { AnyTool, EventOf, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { createBells } from './bells.ts';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine } from './engine.ts';
import { agreeable, createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

type Fork = NonNullable<EventOf<'run.created'>['fork']>;

const yaml =
  'telos: 1\nid: t\nsteps:\n  - { id: a, uses: read }\n  - { id: b, uses: send, with: { of: "${{ steps.a.output }}" } }\n  - { id: c, uses: read, with: { of: "${{ steps.b.output }}" } }\noutputs: { c: "${{ steps.c.output }}" }';

function toolsOf(log: string[]): { readonly [name: string]: Partial<AnyTool> } {
  return {
    read: {
      run: async (input: { readonly of?: string }, { path }) => (
        log.push(`read ${path}`),
        `${path}(${input.of ?? ''})`
      ),
    },
    send: {
      effect: 'irreversible',
      returns: ['untrusted'],
      run: async (input: { readonly of?: string }, { path }) => (log.push(`send ${path}`), `sent ${input.of ?? ''}`),
    },
  };
}

/** A fork of a run that does everything from one step of its list on again. */
async function fork(
  engine: Engine,
  run: string,
  from: string,
  how: Partial<Fork>,
  workflow: string = yaml,
): Promise<string> {
  const events = await engine.events(run);
  const again = (path: string): boolean => path >= from;
  const kept = events.filter(
    (event): event is RunEvent => event.type === 'run.started' || ('path' in event && !again(event.path)),
  );
  return engine.start(
    workflow,
    {},
    { created: { fork: { run, from: [from], sideEffects: 'live', ...how } }, events: kept },
  );
}

describe('a fork', () => {
  it('keeps what comes before, does the rest again, and the first run stays as it is', async () => {
    const log: string[] = [];
    const engine = await stage.open({ tools: toolsOf(log) });
    const run = await engine.start(yaml);
    const first = await engine.ended(run);
    const before = await engine.events(run);
    const forked = await driven(engine, await fork(engine, run, 'b', {}));
    expect(outputsOf(forked)).toEqual(outputsOf(first));
    expect(log).toEqual(['read a', 'send b', 'read c', 'send b', 'read c']);
    expect(await engine.events(run)).toEqual(before);
  });

  it('gives a step that it does again the input that a person wrote', async () => {
    const engine = await stage.open({ tools: toolsOf([]) });
    const run = await engine.start(yaml);
    await engine.ended(run);
    const forked = await fork(engine, run, 'c', { inputs: { c: { value: { of: 'mine' } } } });
    expect(outputsOf(await driven(engine, forked))).toEqual({ c: 'c(mine)' });
    expect(
      (await engine.events(forked)).find((event) => event.type === 'step.started' && event.path === 'c'),
    ).toMatchObject({
      input: { value: { of: 'mine' } },
    });
  });

  it('with recorded effects has none again, gives what the first run got, labels and all, and reads anew', async () => {
    const log: string[] = [];
    const engine = await stage.open({ tools: toolsOf(log) });
    const run = await engine.start(yaml);
    await engine.ended(run);
    log.length = 0;
    const state = await driven(engine, await fork(engine, run, 'a', { sideEffects: 'recorded' }));
    expect(log).toEqual(['read a', 'read c']);
    expect(state.steps.get('b')).toMatchObject({ output: { value: 'sent a()' }, labels: ['untrusted'] });
    expect(state.steps.get('c')).toMatchObject({ labels: ['untrusted'] });
  });

  it('with recorded effects that the first run has not fails there, and with denied ones always', async () => {
    const log: string[] = [];
    const tools = toolsOf(log);
    const engine = await stage.open({
      tools: { ...tools, send: { ...tools['send'], run: () => Promise.reject(new Error('away')) } },
    });
    const run = await engine.start(yaml);
    await engine.ended(run);
    for (const sideEffects of ['recorded', 'deny'] as const) {
      const state = await driven(engine, await fork(engine, run, 'b', { sideEffects }));
      expect(state.phase, sideEffects).toMatchObject({ status: 'failed', error: { code: 'EFFECT_DENIED', path: 'b' } });
    }
  });

  it('of a recorded effect whose owner dies in between is in no doubt: nothing was done', async () => {
    const log: string[] = [];
    const engine = await stage.open({ tools: toolsOf(log) });
    const run = await engine.start(yaml);
    await engine.ended(run);
    log.length = 0;
    const reached = createLatch();
    const read = engine.store.journal.read.bind(engine.store.journal);
    const never = new AbortController();
    let reads = 0;
    // The first is the test's own.
    engine.store.journal.read = (which, after) => {
      if (which !== run || (reads += 1) === 1) return read(which, after);
      reached.open();
      return (async function* () {
        await untilAborted(never.signal);
        yield* read(which, after);
      })();
    };
    const forked = await fork(engine, run, 'b', { sideEffects: 'recorded' });
    await reached.reached;
    await stage.die(engine);
    engine.store.journal.read = read;
    const next = await stage.another(engine);
    expect((await driven(next, forked, agreeable)).phase.status).toBe('succeeded');
    expect(log).toEqual(['read c']);
    never.abort(new Error('over'));
  });

  it('has no effect again on a worker elsewhere that alone serves the queue of its step', async () => {
    const bells = createBells({ areShared: true });
    onTestFinished(() => bells.remove());
    const log: string[] = [];
    const queued = yaml.replace('uses: send', 'uses: send, queue: gpu');
    const engine = await stage.open({ bells, tools: toolsOf(log) });
    await stage.another(engine, { recover: false, owner: 'helper', queues: ['gpu'] });
    const run = await engine.start(queued);
    await engine.ended(run);
    expect(log).toEqual(['read a', 'send b', 'read c']);
    log.length = 0;
    const denied = await driven(engine, await fork(engine, run, 'b', { sideEffects: 'deny' }, queued));
    expect(denied.phase).toMatchObject({ status: 'failed', error: { code: 'EFFECT_DENIED', path: 'b' } });
    const recorded = await driven(engine, await fork(engine, run, 'b', { sideEffects: 'recorded' }, queued));
    expect(recorded.steps.get('b')).toMatchObject({ output: { value: 'sent a()' } });
    expect(log).toEqual(['read c']);
    const live = await driven(engine, await fork(engine, run, 'b', { sideEffects: 'live' }, queued));
    expect(live.phase.status).toBe('succeeded');
    expect(log).toEqual(['read c', 'send b', 'read c']);
  });

  it('takes a step for one with an effect whose tool only workers elsewhere have', async () => {
    const bells = createBells({ areShared: true });
    onTestFinished(() => bells.remove());
    const log: string[] = [];
    const queued = yaml.replace('uses: send', 'uses: send, queue: gpu');
    const { send: _send, ...without } = toolsOf(log);
    const helper = await stage.open({ bells, owner: 'helper', recover: false, queues: ['gpu'], tools: toolsOf(log) });
    const first = await stage.another(helper, { owner: 'first', recover: true, queues: ['default'] });
    const run = await helper.start(queued);
    await helper.ended(run);
    await first.worker.stop();
    log.length = 0;
    const owner = await stage.another(helper, { recover: true, queues: ['default'], tools: without });
    const forked = await fork(helper, run, 'b', { sideEffects: 'recorded' }, queued);
    const state = await driven(owner, forked);
    expect(state.steps.get('b')).toMatchObject({ output: { value: 'sent a()' } });
    expect(log).toEqual(['read c']);
  });

  it('of a loop keeps its earlier rounds, and waits in it as in any run', async () => {
    const engine = await stage.open({ tools: toolsOf([]) });
    const looped =
      'telos: 1\nid: t\nsteps:\n  - id: l\n    loop: { max: 3, state: { all: [] }, next: { all: "${{ state.all + [steps.ok.output.by] }}" } }\n    steps: [{ id: ok, approve: { show: "${{ index }}" } }]\noutputs: { all: "${{ steps.l.output.state.all }}" }';
    const run = await engine.start(looped);
    expect(outputsOf(await driven(engine, run))).toEqual({ all: ['a tester', 'a tester', 'a tester'] });
    const events = await engine.events(run);
    const second = events.findIndex((event) => event.type === 'loop.advanced' && event.round === 2);
    const kept = events.slice(1, second + 1).filter(({ type }) => type !== 'run.waiting' && type !== 'run.resumed');
    const forked = await engine.start(
      looped,
      {},
      { created: { fork: { run, from: ['l#2.ok'], sideEffects: 'live' } }, events: kept },
    );
    const state = await driven(engine, forked, (wait) => {
      const answer = agreeable(wait);
      return answer?.kind === 'decide' ? { ...answer, by: 'another' } : answer;
    });
    expect(outputsOf(state)).toEqual({ all: ['a tester', 'another', 'another'] });
  });
});
