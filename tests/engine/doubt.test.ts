/** Doubt and quarantine: what nobody knows, and what failed for good, waits for a probe or a person, and is never repeated in silence. */
import type { AnyTool, ListedWait, Message } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

const resolve =
  (as: 'retry' | 'succeed' | 'fail', value?: string) =>
  (wait: ListedWait): Message => ({
    id: `r${wait.id}`,
    kind: 'resolve',
    path: wait.path,
    as,
    by: 'ann',
    ...(value === undefined ? {} : { output: { value } }),
  });

/** A run whose owner dies in the middle of an irreversible call. */
async function doubtful(
  yaml: string,
  log: string[],
  more: EngineOptions['tools'] = {},
): Promise<{ readonly engine: Engine; readonly run: string }> {
  const stuck = createLatch();
  const send = (stops: boolean): Partial<AnyTool> => ({
    effect: 'irreversible',
    returns: ['untrusted'],
    run: async (_input, { path, signal }) => {
      log.push(path);
      if (!stops) return 'sent';
      stuck.open();
      return untilAborted(signal);
    },
  });
  const first = await stage.open({ tools: { send: send(true), act: () => 1, ...more } });
  const run = await first.start(yaml);
  await stuck.reached;
  await stage.die(first);
  const engine = await stage.another(first, { tools: { send: send(false), act: () => 1, ...more } });
  return { engine, run };
}

const yaml = (steps: string): string => `telos: 1\nid: t\nsteps:\n${steps}\n`;
const one = yaml('  - { id: s, uses: send }\n  - { id: a, uses: act, with: { v: "${{ steps.s.output }}" } }');
const wrapped: readonly (readonly [string, string, string])[] = [
  ['of the workflow', one, 's'],
  ['inside a list', yaml('  - { id: each, foreach: "${{ [1] }}", steps: [{ id: s, uses: send }] }'), 'each[0].s'],
  ['inside a loop', yaml('  - { id: l, loop: { max: 1, next: {} }, steps: [{ id: s, uses: send }] }'), 'l#1.s'],
];

describe.each(wrapped)('a step in doubt %s', (_, program, path) => {
  it.each([
    ['retry', 'succeeded', 2],
    ['succeed', 'succeeded', 1],
    ['fail', 'failed', 1],
  ] as const)('that a person has %s: the run has %s, after %i calls', async (as, end, calls) => {
    const log: string[] = [];
    const { engine, run } = await doubtful(program, log);
    const state = await driven(engine, run, resolve(as, 'as told'));
    expect(state.phase.status).toBe(end);
    expect(log).toEqual(Array.from({ length: calls }, () => path));
    if (as === 'succeed') expect(state.steps.get(path)).toMatchObject({ output: { value: 'as told' } });
  });
});

describe('a step in doubt', () => {
  it('holds no worker, and two people who say at once what became of it are heard in order', async () => {
    const log: string[] = [];
    const { engine, run } = await doubtful(one, log);
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    await engine.store.inbox.post(run, {
      id: 'first',
      kind: 'resolve',
      path: 's',
      as: 'succeed',
      output: { value: 1 },
    });
    await engine.store.inbox.post(run, { id: 'second', kind: 'resolve', path: 's', as: 'retry' });
    const state = await driven(engine, run, () => undefined);
    expect(state.phase.status).toBe('succeeded');
    expect(log).toHaveLength(1);
  });

  it('that is cancelled with its run is not made again, and the run ends', async () => {
    const log: string[] = [];
    const { engine, run } = await doubtful(one, log);
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    expect(log).toHaveLength(1);
  });

  it('says nothing of a step that is not in doubt', async () => {
    const log: string[] = [];
    const { engine, run } = await doubtful(one, log);
    await engine.until(run, ({ type }) => type === 'run.waiting');
    for (const path of ['a', 'nowhere', ''])
      await engine.store.inbox.post(run, { id: `r ${path}`, kind: 'resolve', path, as: 'succeed' });
    await settle(engine);
    expect(await engine.store.inbox.pending(run)).toEqual([]);
    expect((await engine.store.waits.list({ run }, 10)).items).toMatchObject([{ path: 's', kind: 'in_doubt' }]);
  });
});

describe('a probe', () => {
  const probed = (found: string): string =>
    yaml(`  - { id: s, uses: send, probe: { uses: look, found: "${found}" } }\n  - { id: a, uses: act }`);

  it('that finds the effect gives its output, with its labels, and the step is not made again', async () => {
    const log: string[] = [];
    const { engine, run } = await doubtful(probed('output.sent'), log, {
      look: { returns: ['untrusted'], run: () => Promise.resolve({ sent: true }) },
    });
    const state = await driven(engine, run, () => undefined);
    expect(log).toHaveLength(1);
    expect(state.steps.get('s')).toMatchObject({
      status: 'succeeded',
      output: { value: { sent: true } },
      labels: ['untrusted'],
    });
  });

  it('that does not find it has the step made again', async () => {
    const log: string[] = [];
    const { engine, run } = await doubtful(probed('output.sent'), log, { look: () => ({ sent: false }) });
    expect((await driven(engine, run, () => undefined)).phase.status).toBe('succeeded');
    expect(log).toHaveLength(2);
  });

  it.each([
    ['fails', 'output.sent', () => Promise.reject(new Error('away'))],
    ['cannot be understood', 'output.sent.at > 3', () => ({ sent: 'yes' })],
  ])('that %s leaves the step in doubt for a person', async (_, found, look) => {
    const log: string[] = [];
    const { engine, run } = await doubtful(probed(found), log, { look });
    await engine.until(run, ({ type }) => type === 'run.waiting');
    expect((await engine.store.waits.list({ run }, 10)).items).toMatchObject([{ path: 's', kind: 'in_doubt' }]);
    expect((await driven(engine, run, resolve('fail'))).phase.status).toBe('failed');
    expect(log).toHaveLength(1);
  });
});

describe('quarantine', () => {
  const failing = (log: string[], good: number): EngineOptions => ({
    tools: {
      act: (_, { path }) => {
        log.push(path);
        if (log.length < good) throw new Error('no luck');
        return 'luck';
      },
    },
  });
  const stood = (more = ''): string => yaml(`  - { id: s, uses: act, on_error: quarantine${more} }`);

  it('holds a step that has failed for good, its retries used up, until a person has it tried again', async () => {
    const log: string[] = [];
    const engine = await stage.open(failing(log, 4));
    const run = await engine.start(stood(', retry: { max: 2, delay: 1ms, jitter: false }'));
    const state = await driven(engine, run, resolve('retry'));
    expect(state.phase.status).toBe('succeeded');
    expect(log).toHaveLength(4);
    const events = await engine.events(run);
    expect(events.filter(({ type }) => type === 'step.quarantined')).toHaveLength(1);
  });

  it('ends with the value that a person gives, or leaves the step failed', async () => {
    const log: string[] = [];
    const engine = await stage.open(failing(log, 99));
    const given = await driven(
      engine,
      await engine.start(stood() + 'outputs: { s: "${{ steps.s.output }}" }'),
      resolve('succeed', 'mine'),
    );
    expect(outputsOf(given)).toEqual({ s: 'mine' });
    const failed = await driven(engine, await engine.start(stood()), resolve('fail'));
    expect(failed.phase).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('no luck') } });
    expect(log).toHaveLength(2);
  });

  it('holds one item and lets the others end', async () => {
    const engine = await stage.open({
      tools: { act: ({ n }) => (n === 2 ? Promise.reject(new Error('no luck')) : (n ?? null)) },
    });
    const run = await engine.start(
      yaml(
        '  - { id: each, foreach: "${{ [1, 2, 3] }}", max_parallel: 3, steps: [{ id: s, uses: act, on_error: quarantine, with: { n: "${{ item }}" } }] }',
      ) + 'outputs: { each: "${{ steps.each.output }}" }',
    );
    await engine.until(run, ({ type }) => type === 'run.waiting');
    const [wait] = (await engine.store.waits.list({ run }, 10)).items;
    expect(wait).toMatchObject({ path: 'each[1].s', kind: 'quarantined' });
    expect(outputsOf(await driven(engine, run, resolve('succeed', 'two')))).toEqual({ each: [1, 'two', 3] });
  });

  it('of a wait whose time could not be told is asked again when a person says so', async () => {
    let time: string | number = 'soon';
    const engine = await stage.open({ tools: { act: () => 1 } });
    const run = await engine
      .start(
        yaml('  - { id: nap, wait: { for: "${{ inputs.time }}" }, on_error: quarantine }').replace(
          'steps:',
          'inputs: { time: { required: false } }\nsteps:',
        ),
        { time },
      )
      .catch((error: Error) => error.message);
    time = 1;
    if (run.includes(' ')) {
      // The language does not let a wait stand aside.
      expect(run).toMatch(/on_error|quarantine/);
      return;
    }
    let asked = 0;
    const state = await driven(engine, run, (wait) => {
      asked += 1;
      return asked > 1 ? resolve('fail')(wait) : resolve('retry')(wait);
    });
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'WAIT_INVALID' } });
  });

  it('of a process that dies again and again in the step holds it as well', async () => {
    const log: string[] = [];
    let engine = await stage.open({
      tools: { act: (_, { path, signal }) => (log.push(path), untilAborted(signal)) },
      owner: 'w0',
    });
    const run = await engine.start(stood());
    for (let n = 1; n <= 5; n++) {
      for (let turn = 0; turn < 100 && log.length < n; turn++) await engine.clock.advance(1000);
      await stage.die(engine);
      engine = await stage.another(engine, { owner: `w${n}` });
    }
    await settle(engine);
    await engine.clock.advance(16_000);
    expect((await engine.store.waits.list({ run }, 10)).items).toMatchObject([
      { path: 's', kind: 'quarantined', error: { code: 'INTERRUPTED' } },
    ]);
    expect((await driven(engine, run, resolve('fail'))).phase).toMatchObject({ error: { code: 'INTERRUPTED' } });
  });
});

describe('what a person gives in place of an output', () => {
  const outputOf = async (engine: Engine, run: string, path: string) => {
    const events = await engine.events(run);
    return events.find((event) => event.type === 'step.succeeded' && event.path === path);
  };
  const reading = (more: string): string =>
    `telos: 1\nid: t\npermissions: { allow: [send] }\ninputs: { who: { type: string, private: true, default: ann } }\nsteps:\n  - { id: s, ${more}, with: { who: "\${{ inputs.who }}", n: 1 } }\n`;
  const asked = async (engine: Engine, run: string): Promise<ListedWait | undefined> => {
    for (let turn = 0; turn < 20; turn++) {
      const [wait] = (await engine.store.waits.list({ run }, 10)).items;
      if (wait !== undefined) return wait;
      await engine.clock.advance(1000);
    }
    return undefined;
  };

  it('carries, of a step in doubt, what the step was given and what its tool returns, each part alike', async () => {
    const { engine, run } = await doubtful(reading('uses: send'), []);
    expect(await asked(engine, run)).toMatchObject({ kind: 'in_doubt', labels: ['untrusted', 'private'] });
    await driven(engine, run, resolve('succeed', 'mine'));
    expect(await outputOf(engine, run, 's')).toMatchObject({
      labels: ['untrusted', 'private'],
      labelling: { untrusted: ['s'], private: ['inputs.who'] },
    });
    expect(await outputOf(engine, run, 's')).not.toHaveProperty('labelling.fields');
  });

  it('is trusted where the step is', async () => {
    const { engine, run } = await doubtful(reading('uses: send, trust: trusted'), []);
    expect(await asked(engine, run)).toMatchObject({ labels: ['private'] });
    await driven(engine, run, resolve('succeed', 'mine'));
    expect(await outputOf(engine, run, 's')).toMatchObject({ labels: ['private'] });
  });

  it('carries the same of a step in quarantine, also of one whose call a rail held back', async () => {
    const engine = await stage.open({
      tools: {
        page: { returns: ['untrusted'], run: () => Promise.reject(new Error('gone')) },
        act: { run: () => Promise.resolve(1) },
      },
      checks: { no: () => Promise.resolve({ score: 0, verdict: 'fail', reason: 'no' }) },
    });
    const steps: readonly (readonly [string, readonly string[] | undefined])[] = [
      ['uses: page, on_error: quarantine', ['untrusted', 'private']],
      ['uses: page, on_error: quarantine, trust: trusted', ['private']],
      ['uses: act, on_error: quarantine, rails: { input: [no] }', ['private']],
    ];
    for (const [step, labels] of steps) {
      const run = await engine.start(reading(step));
      expect(await asked(engine, run)).toMatchObject({ kind: 'quarantined', labels });
      await driven(engine, run, resolve('succeed', 'mine'));
      expect(await outputOf(engine, run, 's')).toMatchObject({ output: { value: 'mine' }, labels });
    }
  });

  it('carries nothing where nothing that the step read does, and nothing of it is written down', async () => {
    const engine = await stage.open({ tools: { act: () => Promise.reject(new Error('gone')) } });
    const run = await engine.start(yaml('  - { id: s, uses: act, on_error: quarantine }'));
    expect(await asked(engine, run)).not.toHaveProperty('labels');
    await driven(engine, run, resolve('succeed', 'mine'));
    expect(JSON.stringify(await engine.events(run))).not.toContain('"label');
  });
});
