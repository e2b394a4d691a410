/** The cache of steps: an equal call is not made again, and nothing that looks at an output is left out for it. */
import type { AnyTool, EventOf, Json, JsonObject, RunState } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createBells } from './bells.ts';
import { outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const workflow = (steps: string, more = ''): string =>
  `telos: 1\nid: t\ninputs: { q: { type: string, default: tea } }\n${more}\nsteps:\n${steps}\noutputs: { a: "\${{ steps.a.output }}" }`;
const find = (policies: string, more = '', given = 'q: "${{ inputs.q }}"'): string =>
  workflow(`  - { id: a, uses: find, with: { ${given} }, ${policies} }`, more);

/** A tool that says how often it was called. */
function finder(more: Partial<AnyTool> = {}): { readonly find: Partial<AnyTool>; calls(): number } {
  let calls = 0;
  return {
    find: {
      run: async ({ q }: { readonly q?: Json }, context) => {
        calls += 1;
        const usage = { input_tokens: 10, output_tokens: 1, usd: 0.01, ms: 5, calls: 1 };
        context.record({ kind: 'chat', name: 'm', startedAt: 0, ms: 5, input: null, usage });
        return { text: `${JSON.stringify(q)} ${calls}` };
      },
      ...more,
    },
    calls: () => calls,
  };
}

async function ran(engine: Engine, yaml: string, inputs: JsonObject = {}): Promise<RunState> {
  const state = await engine.run(yaml, inputs);
  // What a run kept is there once the store has come to rest.
  await engine.clock.advance(1);
  return state;
}

async function succeeded(engine: Engine, { id }: RunState, path = 'a'): Promise<EventOf<'step.succeeded'>> {
  const events = await engine.events(id);
  const found = events.find((event) => event.type === 'step.succeeded' && event.path === path);
  if (found?.type !== 'step.succeeded') throw new Error(`${path} has not succeeded.`);
  return found;
}

const open = (tools: EngineOptions['tools'] = {}, more: EngineOptions = {}): Promise<Engine> =>
  stage.open({ tools, ...more });

describe('a step with a cache', () => {
  it('is given what an equal call of an earlier run gave, which is recorded with where it is from and costs nothing', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    const first = await ran(engine, find('cache: 1h'));
    const second = await ran(engine, find('cache: 1h'));
    expect(tool.calls()).toBe(1);
    expect(outputsOf(second)).toEqual(outputsOf(first));
    const was = await succeeded(engine, first);
    expect(was.cached).toBeUndefined();
    expect(await succeeded(engine, second)).toMatchObject({ cached: { run: first.id, path: 'a', at: was.at } });
    expect((await engine.store.runs.get(first.id))?.usage).toMatchObject({ calls: 1, usd: 0.01 });
    expect((await engine.store.runs.get(second.id))?.usage).toMatchObject({ calls: 0, usd: 0 });
  });

  it('makes a call that is given something else, or when its time is over', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    await ran(engine, find('cache: 1h'));
    await ran(engine, find('cache: 1h'), { q: 'coffee' });
    expect(tool.calls()).toBe(2);
    await engine.clock.advance(3_600_000);
    await ran(engine, find('cache: 1h'));
    expect(tool.calls()).toBe(3);
  });

  it('takes nothing that is older than it allows itself, however long others keep it', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    await ran(engine, find('cache: 1d'));
    await engine.clock.advance(60_000);
    await ran(engine, find('cache: 1m'));
    expect(tool.calls()).toBe(2);
  });

  it('keeps what it gave for the length of its own time, whatever else changes in its workflow', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find, note: () => 'noted' });
    await ran(engine, find('cache: 1h'));
    const edited = workflow(
      '  - { id: n, uses: note }\n  - { id: a, uses: find, with: { q: tea }, cache: { ttl: 2h } }',
    );
    await ran(engine, edited);
    expect(tool.calls()).toBe(1);
  });

  it('makes the call itself where another owner has it in the store no more', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    await ran(engine, find('cache: 1h'));
    await engine.store.retention.removeRuns({ status: ['succeeded'], endedBefore: engine.clock.now() + 1 }, 10);
    await ran(engine, find('cache: 1h'));
    expect(tool.calls()).toBe(2);
  });

  it('gives a value that is too large for an event as well', async () => {
    const text = 'x'.repeat(20_000);
    let calls = 0;
    const engine = await open({ find: () => ((calls += 1), { text }) });
    const yaml = workflow('  - { id: a, uses: find, cache: 1h }').replace(
      'steps.a.output',
      'size(steps.a.output.text)',
    );
    await ran(engine, yaml);
    expect(outputsOf(await ran(engine, yaml))).toEqual({ a: 20_000 });
    expect(calls).toBe(1);
  });

  it('keeps nothing of a call that failed', async () => {
    let calls = 0;
    const engine = await open({
      find: () => {
        calls += 1;
        if (calls === 1) throw new Error('away');
        return 'there';
      },
    });
    expect((await ran(engine, find('cache: 1h'))).phase.status).toBe('failed');
    expect(outputsOf(await ran(engine, find('cache: 1h')))).toEqual({ a: 'there' });
  });

  it('goes on without a cache when the store does not answer about it', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    engine.store.cache.get = () => Promise.reject(new Error('away'));
    engine.store.cache.put = () => Promise.reject(new Error('away'));
    expect((await ran(engine, find('cache: 1h'))).phase.status).toBe('succeeded');
    expect(engine.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('It could not be told whether what a of run'),
      expect.stringContaining('could not be cached'),
    ]);
  });

  it('caches what other workers give, in the queue that the step names', async () => {
    const tool = finder();
    const bells = createBells({ areShared: true });
    const one = await open({ find: tool.find }, { bells });
    await stage.another(one, { queues: ['gpu'], owner: 'far', recover: false });
    const yaml = find('cache: 1h, queue: gpu');
    const first = await driven(one, await one.start(yaml), undefined, 1000);
    const second = await driven(one, await one.start(yaml), undefined, 1000);
    expect(tool.calls()).toBe(1);
    expect(await succeeded(one, second)).toMatchObject({ cached: { run: first.id } });
    expect(outputsOf(second)).toEqual(outputsOf(first));
  });
});

describe('what makes two calls equal', () => {
  const other = (yaml: string): string => yaml.replace('id: t', 'id: other');

  it('is the same workflow, unless the scope is the namespace', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    await ran(engine, find('cache: 1h'));
    await ran(engine, other(find('cache: 1h')));
    expect(tool.calls()).toBe(2);
    await ran(engine, find('cache: { ttl: 1h, scope: namespace }'));
    await ran(engine, other(find('cache: { ttl: 1h, scope: namespace }')));
    expect(tool.calls()).toBe(3);
  });

  it('is never that of another namespace', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    const yaml = find('cache: { ttl: 1h, scope: namespace }');
    for (const namespace of ['one', 'two', 'one']) {
      await engine.ended(await engine.start(yaml, {}, { created: { namespace } }));
      await engine.clock.advance(1);
    }
    expect(tool.calls()).toBe(2);
  });

  it('is a key in place of what the call is given, where the step has one', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    const yaml = find('cache: { ttl: 1h, key: "${{ inputs.q.lowerAscii() }}" }');
    await ran(engine, yaml, { q: 'tea' });
    expect(outputsOf(await ran(engine, yaml, { q: 'TEA' }))).toEqual({ a: { text: '"tea" 1' } });
    await ran(engine, yaml, { q: 'coffee' });
    expect(tool.calls()).toBe(2);
    // The same key of a step that asks for something else.
    await ran(engine, find('cache: { ttl: 1h, key: tea }', '', 'q: "${{ inputs.q }}", deep: true'));
    expect(tool.calls()).toBe(3);
  });

  it('is the same secret, which no key holds', async () => {
    const keys: string[] = [];
    const tool = finder();
    const engine = await open({ find: tool.find }, { secrets: { ONE: 'geheim', TWO: 'geheim' } });
    const { put } = engine.store.cache;
    engine.store.cache.put = (cached, now) => (
      keys.push(JSON.stringify(cached)),
      put.call(engine.store.cache, cached, now)
    );
    const by = (name: string): string => find('cache: 1h', '', `q: x, auth: "\${{ secrets.${name} }}"`);
    await ran(engine, by('ONE'));
    await ran(engine, by('ONE'));
    expect(tool.calls()).toBe(1);
    await ran(engine, by('TWO'));
    expect(tool.calls()).toBe(2);
    expect(keys.join()).not.toContain('geheim');
  });
});

describe('labels of what is cached', () => {
  const sending = workflow(
    '  - { id: a, uses: find, with: { q: "${{ inputs.q }}" }, cache: 1h }\n  - { id: b, uses: send, with: { to: "${{ steps.a.output.text }}" } }',
  );
  const send: Partial<AnyTool> = { effect: 'write', run: async () => 'sent' };

  it('are those it came with, as if the step had made the call', async () => {
    const tool = finder({ returns: ['untrusted'] });
    const engine = await open({ find: tool.find, send });
    await driven(engine, await engine.start(sending));
    const second = await driven(engine, await engine.start(sending));
    expect(tool.calls()).toBe(1);
    expect(await succeeded(engine, second)).toMatchObject({ labels: ['untrusted'] });
    const opened = (await engine.events(second.id)).find((event) => event.type === 'wait.opened');
    expect(opened).toMatchObject({ wait: { permission: { because: ['untrusted'], arguments: [{ from: ['a'] }] } } });
  });

  it('are not lifted for a step that vouches for nothing because another did', async () => {
    const tool = finder({ returns: ['untrusted'] });
    const engine = await open({ find: tool.find });
    expect((await succeeded(engine, await ran(engine, find('cache: 1h, trust: trusted')))).labels).toBeUndefined();
    expect((await succeeded(engine, await ran(engine, find('cache: 1h')))).labels).toEqual(['untrusted']);
    expect((await succeeded(engine, await ran(engine, find('cache: 1h, trust: trusted')))).labels).toBeUndefined();
    expect(tool.calls()).toBe(1);
  });

  it('keep what is private from runs with other permissions', async () => {
    const tool = finder({ returns: ['private'] });
    const engine = await open({ find: tool.find });
    await ran(engine, find('cache: 1h'));
    await ran(engine, find('cache: 1h', 'permissions: { hosts: [crm.example] }'));
    expect(tool.calls()).toBe(2);
    await ran(engine, find('cache: 1h', 'permissions: { hosts: [crm.example] }'));
    expect(tool.calls()).toBe(2);
  });

  it('let what is public be shared whatever the permissions', async () => {
    const tool = finder({ returns: ['untrusted'] });
    const engine = await open({ find: tool.find });
    await ran(engine, find('cache: 1h'));
    await ran(engine, find('cache: 1h', 'permissions: { hosts: [crm.example] }'));
    expect(tool.calls()).toBe(1);
  });

  it('grow by those of a key that somebody outside has chosen', async () => {
    const tool = finder();
    const page: Partial<AnyTool> = { returns: ['untrusted'], run: async () => 'tea' };
    const engine = await open({ find: tool.find, page });
    const yaml = workflow(
      '  - { id: p, uses: page }\n  - { id: a, uses: find, cache: { ttl: 1h, key: "${{ steps.p.output }}" } }',
    );
    expect((await succeeded(engine, await ran(engine, yaml))).labels).toBeUndefined();
    expect((await succeeded(engine, await ran(engine, yaml))).labels).toEqual(['untrusted']);
  });
});

describe('what looks at an output that is cached', () => {
  it('is the gate, which may turn it down: then the call is made, and what passes is kept', async () => {
    const tool = finder();
    const scores = [1, 0, 1, 1];
    const check = async () => ({ score: scores.shift() ?? 1, verdict: 'pass' as const, reason: '' });
    const judged = {
      strict: async () => {
        const { score, ...rest } = await check();
        return { ...rest, score, verdict: score === 1 ? ('pass' as const) : ('fail' as const) };
      },
    };
    const engine = await open({ find: tool.find }, { checks: judged });
    const yaml = find('cache: 1h, gate: { checks: [{ strict: {} }] }');
    await ran(engine, yaml);
    const second = await ran(engine, yaml);
    expect(outputsOf(second)).toEqual({ a: { text: '"tea" 2' } });
    expect(await succeeded(engine, second)).toMatchObject({ attempt: 1, gate: { passed: true, attempts: 1 } });
    expect((await succeeded(engine, second)).cached).toBeUndefined();
    const third = await ran(engine, yaml);
    expect(outputsOf(third)).toEqual({ a: { text: '"tea" 2' } });
    expect(await succeeded(engine, third)).toMatchObject({ cached: { run: second.id }, gate: { passed: true } });
  });

  it('are its rails, of today: what they block is called for, and blocked again', async () => {
    const tool = finder();
    const deny = async () => ({ score: 0, verdict: 'fail' as const, reason: 'no' });
    const engine = await open({ find: tool.find }, { checks: { deny } });
    await ran(engine, find('cache: 1h'));
    const state = await ran(engine, find('cache: 1h, rails: { output: [deny] }'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'RAIL_BLOCKED' } });
    expect(tool.calls()).toBe(2);
  });

  it('are people who are asked about the call', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    const yaml = find('cache: 1h', 'permissions: { ask: [find] }');
    await driven(engine, await engine.start(yaml));
    const second = await driven(engine, await engine.start(yaml));
    expect(tool.calls()).toBe(1);
    expect((await engine.events(second.id)).some((event) => event.type === 'wait.opened')).toBe(true);
  });
});

describe('what is done again', () => {
  it('is the step that a fork begins with, and its call replaces what was kept', async () => {
    const tool = finder();
    const engine = await open({ find: tool.find });
    const first = await ran(engine, find('cache: 1h'));
    const fork = { run: first.id, from: ['a'], sideEffects: 'live' } as const;
    const started = (await engine.events(first.id)).filter((event) => event.type === 'run.started');
    const again = await engine.ended(
      await engine.start(find('cache: 1h'), {}, { created: { fork: { ...fork, from: ['a'] } }, events: started }),
    );
    await engine.clock.advance(1);
    expect(outputsOf(again)).toEqual({ a: { text: '"tea" 2' } });
    expect(outputsOf(await ran(engine, find('cache: 1h')))).toEqual({ a: { text: '"tea" 2' } });
  });

  it('is nothing when the owner dies wherever it may: the run goes on with what was cached, or by itself', async () => {
    for (let append = 1; append <= 3; append++) {
      for (const stored of [false, true]) {
        const tool = finder();
        const engine = await open({ find: tool.find });
        const first = await ran(engine, find('cache: 1h'));
        const died = stage.dieAt(engine, append, stored);
        const run = await engine.start(find('cache: 1h'));
        await engine.clock.advance(16_000);
        if (!died()) continue;
        const next = await stage.another(engine);
        await next.ring(run);
        expect(outputsOf(await driven(next, run))).toEqual(outputsOf(first));
        expect(tool.calls()).toBe(1);
      }
    }
  });
});
