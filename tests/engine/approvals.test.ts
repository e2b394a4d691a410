/** Asking people: anywhere in the graph, each by itself, and nobody's answer is lost or counted twice. */
import type { AnyTool, ListedWait, Message, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';
import { agreeable, createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const isParked = ({ type }: RunEvent): boolean => type === 'run.waiting';
const post = (engine: Engine, run: string, message: Message): Promise<void> => engine.store.inbox.post(run, message);

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

async function waitsOf(engine: Engine, run: string): Promise<readonly ListedWait[]> {
  return (await engine.store.waits.list({ run }, 200)).items;
}

async function parked(engine: Engine, yaml: string): Promise<string> {
  const run = await engine.start(yaml);
  await engine.until(run, isParked);
  await settle(engine);
  return run;
}

const asking = (more = ''): string =>
  `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act }\n  - { id: ok, approve: { who: [editors], show: "\${{ steps.a.output }}"${more} } }\noutputs: { ok: "\${{ steps.ok.output }}" }`;

describe('an approval', () => {
  it('gives what was decided, by whom, and what was shown or edited', async () => {
    const engine = await stage.open({ tools: { act: () => ({ text: 'draft' }) } });
    const run = await parked(engine, asking());
    const [wait] = await waitsOf(engine, run);
    expect(wait).toMatchObject({
      kind: 'approval',
      path: 'ok',
      wait: { who: ['editors'], show: { value: { text: 'draft' } } },
    });
    await post(engine, run, {
      id: 'd',
      kind: 'decide',
      wait: wait?.id ?? 0,
      decision: 'approve',
      by: 'ann',
      note: 'fine',
    });
    expect(outputsOf(await engine.ended(run))).toEqual({
      ok: { decision: 'approve', value: { text: 'draft' }, note: 'fine', by: 'ann' },
    });
  });

  it('of a large value shows the blob, and gives it', async () => {
    const engine = await stage.open({ tools: { act: () => 'x'.repeat(50_000), size: ({ v }) => String(v).length } });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: a, uses: act }\n  - { id: ok, approve: { show: "${{ steps.a.output }}" } }\n  - { id: n, uses: size, with: { v: "${{ steps.ok.output.value }}" } }\noutputs: { n: "${{ steps.n.output }}" }',
    );
    expect(outputsOf(await driven(engine, run))).toEqual({ n: 50_000 });
  });

  it('that is decided twice at once takes the first, and the second is answered by nothing', async () => {
    const engine = await stage.open({ tools: { act: () => 'x'.repeat(50_000) } });
    const run = await parked(engine, asking());
    const [wait] = await waitsOf(engine, run);
    const decide = (id: string, decision: 'approve' | 'reject'): Promise<void> =>
      post(engine, run, { id, kind: 'decide', wait: wait?.id ?? 0, decision, by: id });
    await Promise.all([decide('first', 'approve'), decide('second', 'reject')]);
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('succeeded');
    expect((await engine.events(run)).filter(({ type }) => type === 'wait.closed')).toHaveLength(1);
  });

  it('that is rejected fails with who and why; one that nobody gives in time does as it says', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const rejected = await parked(engine, asking());
    const [wait] = await waitsOf(engine, rejected);
    await post(engine, rejected, {
      id: 'd',
      kind: 'decide',
      wait: wait?.id ?? 0,
      decision: 'reject',
      by: 'ann',
      note: 'too long',
    });
    expect((await engine.ended(rejected)).phase).toMatchObject({
      error: { code: 'APPROVAL_REJECTED', path: 'ok', message: expect.stringMatching(/ann.*too long/) },
    });
    const late = async (how: string) =>
      (await driven(engine, await engine.start(asking(`, timeout: 10m, on_timeout: ${how}`)), () => undefined)).phase;
    expect(await late('fail')).toMatchObject({ error: { code: 'APPROVAL_TIMEOUT' } });
    expect(await late('reject')).toMatchObject({ error: { code: 'APPROVAL_REJECTED' } });
    expect(await late('approve')).toMatchObject({
      status: 'succeeded',
      outputs: { value: { ok: { decision: 'approve', by: null } } },
    });
  });

  it('is not given by an answer to another wait, to an unknown one, or to one of the same step before', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const run = await parked(
      engine,
      'telos: 1\nid: t\nsteps:\n  - { id: l, loop: { max: 2, next: {} }, steps: [{ id: ok, approve: { show: 1 } }] }\n  - { id: s, wait: { signal: go } }',
    );
    const [first] = await waitsOf(engine, run);
    await post(engine, run, { id: 'd1', kind: 'decide', wait: first?.id ?? 0, decision: 'approve' });
    await engine.until(run, (event) => event.type === 'wait.opened' && event.path === 'l#2.ok');
    await post(engine, run, { id: 'd2', kind: 'decide', wait: first?.id ?? 0, decision: 'approve' });
    await post(engine, run, { id: 'd3', kind: 'decide', wait: 9999, decision: 'approve' });
    await settle(engine);
    expect(await waitsOf(engine, run)).toMatchObject([{ path: 'l#2.ok' }]);
    expect(await engine.store.inbox.pending(run)).toEqual([]);
    const [second] = await waitsOf(engine, run);
    await post(engine, run, { id: 'd4', kind: 'decide', wait: second?.id ?? 0, decision: 'approve' });
    await engine.until(run, (event) => event.type === 'wait.opened' && event.path === 's');
    await settle(engine);
    const [signal] = await waitsOf(engine, run);
    await post(engine, run, { id: 'd5', kind: 'decide', wait: signal?.id ?? 0, decision: 'approve' });
    await settle(engine);
    expect(await waitsOf(engine, run)).toMatchObject([{ path: 's', kind: 'signal' }]);
  });
});

describe('approvals side by side', () => {
  it('each have an id of their own, are answered in any order, and none is lost', async () => {
    const engine = await stage.open();
    const other = await stage.another(engine);
    const run = await parked(
      engine,
      'telos: 1\nid: t\nsteps:\n  - { id: each, foreach: "${{ range }}", max_parallel: 20, steps: [{ id: ok, approve: { show: "${{ item }}" } }], yield: "${{ steps.ok.output.note }}" }\noutputs: { each: "${{ steps.each.output }}" }'.replace(
        'range',
        JSON.stringify(Array.from({ length: 20 }, (_, n) => n)).replaceAll('"', "'"),
      ),
    );
    const waits = await waitsOf(engine, run);
    expect(new Set(waits.map(({ id }) => id)).size).toBe(20);
    await Promise.all(
      waits.toReversed().map((wait, n) =>
        post(n % 2 === 0 ? engine : other, run, {
          id: `d${wait.id}`,
          kind: 'decide',
          wait: wait.id,
          decision: 'approve',
          note: wait.path,
        }),
      ),
    );
    expect(outputsOf(await engine.ended(run))).toEqual({ each: waits.map(({ path }) => path) });
  });
});

describe('a tool under `permissions.ask`', () => {
  const yaml = (more = ''): string =>
    `telos: 1\nid: t\npermissions: { ask: [send] }\nsteps:\n  - { id: page, uses: web }\n  - { id: s, uses: send, with: { to: "\${{ steps.page.output }}" }${more} }\noutputs: { s: "\${{ steps.s.output }}" }`;
  const tools = (sent: unknown[]): { readonly [name: string]: Partial<AnyTool> } => ({
    web: { returns: ['untrusted'], run: () => Promise.resolve('page') },
    send: {
      effect: 'irreversible',
      run: (input: { readonly to: string }) => (sent.push(input.to), Promise.resolve(`sent to ${input.to}`)),
    },
  });

  it('runs when a person has seen its input, and with the input as they edited it', async () => {
    const sent: unknown[] = [];
    const engine = await stage.open({ tools: tools(sent) });
    const run = await parked(engine, yaml());
    expect(sent).toEqual([]);
    const [wait] = await waitsOf(engine, run);
    expect(wait).toMatchObject({
      kind: 'approval',
      labels: ['untrusted'],
      wait: { purpose: 'permission', show: { value: { to: 'page' } } },
    });
    await post(engine, run, {
      id: 'd',
      kind: 'decide',
      wait: wait?.id ?? 0,
      decision: 'approve',
      value: { value: { to: 'somebody' } },
    });
    expect(outputsOf(await engine.ended(run))).toEqual({ s: 'sent to somebody' });
    expect(sent).toEqual(['somebody']);
  });

  it('does not run when they refuse, and the run goes on where the step says so', async () => {
    const sent: unknown[] = [];
    const engine = await stage.open({ tools: tools(sent) });
    const refuse = (wait: ListedWait): Message => ({
      id: `d${wait.id}`,
      kind: 'decide',
      wait: wait.id,
      decision: 'reject',
      by: 'ann',
    });
    const state = await driven(engine, await engine.start(yaml()), refuse);
    expect(state.phase).toMatchObject({ error: { code: 'PERMISSION_REFUSED', path: 's' } });
    const going = await driven(engine, await engine.start(yaml(', on_error: continue')), refuse);
    expect(going.phase.status).toBe('succeeded');
    expect(sent).toEqual([]);
  });

  it('is asked about once, wherever the owner dies, and sends once', async () => {
    const sent: unknown[] = [];
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        sent.length = 0;
        const run = await first.start(yaml());
        let asked = 0;
        const answer = (wait: ListedWait): Message | undefined => {
          if (wait.kind === 'in_doubt')
            return { id: `r${wait.id}`, kind: 'resolve', path: wait.path, as: 'succeed', output: { value: 'as told' } };
          asked = Math.max(asked, wait.id);
          return agreeable(wait);
        };
        await first.clock.advance(100);
        for (const wait of await waitsOf(first, run)) await post(first, run, answer(wait) as Message);
        await first.clock.advance(100);
        const state = await driven(await afterDeath(), run, answer);
        expect(state.phase.status, which).toBe('succeeded');
        expect(sent.length, which).toBeLessThanOrEqual(1);
        const events = await first.events(run);
        expect(
          events.filter(({ type }) => type === 'wait.opened'),
          which,
        ).toHaveLength(1);
      },
      () => ({ tools: tools(sent) }),
    );
    expect(deaths).toBeGreaterThan(6);
  });
});

describe('a gate that asks a person', () => {
  const yaml =
    'telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, gate: { checks: ["output == \'good\'"], on_fail: [{ repair: 1 }, { approve: [editors] }] } }\noutputs: { a: "${{ steps.a.output }}" }';

  it('lets the best attempt pass, edited or not, or leaves it failed', async () => {
    const engine = await stage.open({ tools: { act: () => 'poor' } });
    const run = await parked(engine, yaml);
    const [wait] = await waitsOf(engine, run);
    expect(wait).toMatchObject({
      path: 'a',
      wait: { purpose: 'gate', who: ['editors'], show: { value: 'poor' }, gate: { passed: false } },
    });
    await post(engine, run, {
      id: 'd',
      kind: 'decide',
      wait: wait?.id ?? 0,
      decision: 'approve',
      value: { value: 'better' },
      by: 'ann',
    });
    const state = await engine.ended(run);
    expect(outputsOf(state)).toEqual({ a: 'better' });
    expect(state.steps.get('a')).toMatchObject({ gate: { passed: true } });
    const rejected = await driven(engine, await engine.start(yaml), (asked) => ({
      id: `d${asked.id}`,
      kind: 'decide',
      wait: asked.id,
      decision: 'reject',
    }));
    expect(rejected.phase).toMatchObject({ error: { code: 'GATE_FAILED' } });
    expect(rejected.steps.get('a')).toMatchObject({ output: { value: 'poor' } });
  });
});

describe('what a person lets pass', () => {
  it('keeps its labels; what a person wrote has none', async () => {
    const engine = await stage.open({ tools: { act: { returns: ['untrusted'], run: () => Promise.resolve('page') } } });
    const labels = async (value?: string) => {
      const state = await driven(engine, await engine.start(asking()), (wait) => ({
        ...(agreeable(wait) as Extract<Message, { kind: 'decide' }>),
        ...(value === undefined ? {} : { value: { value } }),
      }));
      const step = state.steps.get('ok');
      return step?.status === 'succeeded' ? step.labels : undefined;
    };
    expect(await labels()).toEqual(['untrusted']);
    expect(await labels('mine')).toEqual([]);
  });
});
