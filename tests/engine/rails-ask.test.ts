/** Rails that ask a person, and rails whose owner dies: what was answered is not asked again, and what was called is not called again. */
import type { AnyCheck, Json, ListedWait, Message, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const anna = 'anna@acme.example';
const open = (options: EngineOptions): Promise<Engine> =>
  stage.open({ ...options, checks: { ...realChecks, ...options.checks } });

const railed = (rails: string, more = ''): string =>
  `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, with: { to: "${anna}" }, rails: ${rails}${more} }\n  - { id: b, uses: next, with: { got: "\${{ steps.a.output }}" } }\noutputs: { a: "\${{ steps.a.output }}" }`;

const ofType = <T extends RunEvent['type']>(events: readonly RunEvent[], type: T) =>
  events.filter((event): event is Extract<RunEvent, { type: T }> => event.type === type);

async function asked(engine: Engine, yaml: string): Promise<{ readonly run: string; readonly wait: ListedWait }> {
  const run = await engine.start(yaml);
  await engine.until(run, ({ type }) => type === 'run.waiting');
  const [wait] = (await engine.store.waits.list({ run }, 10)).items;
  if (wait === undefined) throw new Error('Nothing waits.');
  return { run, wait };
}

async function decide(
  engine: Engine,
  { run, wait }: { readonly run: string; readonly wait: ListedWait },
  decision: 'approve' | 'reject',
  value?: Json,
): Promise<void> {
  const message: Message = { id: 'd', kind: 'decide', wait: wait.id, decision, by: 'ann', note: 'seen' };
  await engine.store.inbox.post(run, value === undefined ? message : { ...message, value: { value } });
}

describe('a rail that asks', () => {
  it('parks the run, shows what it found, and goes on to the call when it is approved', async () => {
    const given: unknown[] = [];
    const engine = await open({ tools: { act: (input) => (given.push(input), 'sent'), next: () => null } });
    const waiting = await asked(engine, railed('{ tool_arguments: [{ check: pii, action: ask, who: [editors] }] }'));
    expect(waiting.wait).toMatchObject({
      kind: 'approval',
      path: 'a',
      wait: {
        purpose: 'rail',
        who: ['editors'],
        show: { value: { to: anna } },
        rails: { place: 'tool_arguments', verdicts: [{ check: 'pii', verdict: 'fail', action: 'ask' }] },
      },
    });
    expect(given).toEqual([]);
    await decide(engine, waiting, 'approve');
    expect(outputsOf(await engine.ended(waiting.run))).toEqual({ a: 'sent' });
    expect(given).toEqual([{ to: anna }]);
    expect(ofType(await engine.events(waiting.run), 'rail.judged')).toHaveLength(1);
  });

  it('gives what a person wrote in place of it', async () => {
    const given: unknown[] = [];
    const engine = await open({ tools: { act: (input) => (given.push(input), 'sent'), next: () => null } });
    const waiting = await asked(engine, railed('{ input: [{ pii: ask }] }'));
    await decide(engine, waiting, 'approve', { to: 'the office' });
    await engine.ended(waiting.run);
    expect(given).toEqual([{ to: 'the office' }]);
  });

  it('blocks when it is rejected, with who and why, and nothing is called', async () => {
    let calls = 0;
    const engine = await open({ tools: { act: () => (calls += 1), next: () => null } });
    const waiting = await asked(engine, railed('{ input: [{ pii: ask }] }'));
    await decide(engine, waiting, 'reject');
    expect((await engine.ended(waiting.run)).phase).toMatchObject({
      error: { code: 'RAIL_BLOCKED', path: 'a', message: expect.stringContaining('rejected by ann: seen') },
    });
    expect(calls).toBe(0);
  });

  it('about an output goes on to the gate without calling again, also at another owner', async () => {
    let calls = 0;
    const judged: Json[] = [];
    const gate: AnyCheck['score'] = ({ value }) => {
      judged.push(value);
      return Promise.resolve({ score: 1, verdict: 'pass', reason: 'fine' });
    };
    const act = { effect: 'irreversible' as const, run: () => Promise.resolve(`${(calls += 1)} ${anna}`) };
    const engine = await open({ tools: { act, next: () => null }, checks: { gate } });
    const waiting = await asked(engine, railed('{ output: [{ pii: ask }] }', ', gate: { checks: [gate] }'));
    expect(judged).toEqual([]);
    await stage.die(engine);
    const next = await stage.another(engine);
    await decide(next, waiting, 'approve');
    expect(outputsOf(await driven(next, waiting.run))).toEqual({ a: `1 ${anna}` });
    expect(calls).toBe(1);
    expect(judged).toEqual([`1 ${anna}`]);
  });

  it('about what a block gives succeeds with it, or with what a person wrote', async () => {
    const engine = await open({ tools: { act: () => anna } });
    const yaml =
      'telos: 1\nid: t\nsteps: [{ id: all, foreach: [1], rails: { output: [{ pii: ask }] }, steps: [{ id: x, uses: act }] }]\noutputs: { all: "${{ steps.all.output }}" }';
    const first = await asked(engine, yaml);
    await decide(engine, first, 'approve');
    expect(outputsOf(await engine.ended(first.run))).toEqual({ all: [anna] });
    const second = await asked(engine, yaml);
    await decide(engine, second, 'approve', ['somebody']);
    expect(outputsOf(await engine.ended(second.run))).toEqual({ all: ['somebody'] });
  });
});

describe('rails whose owner dies', () => {
  it('act on what the journal has of them, before the call and behind it, wherever that happens', async () => {
    const calls: string[] = [];
    const act = {
      effect: 'read' as const,
      run: (input: unknown, { path }: { readonly path: string }) => {
        calls.push(`${path} ${JSON.stringify(input)}`);
        return Promise.resolve({ text: `to ${JSON.stringify(input)}`, from: 'bob@acme.example' });
      },
    };
    const rails =
      '{ input: [unheard, { pii: redact }], tool_arguments: [{ secrets: block }], tool_result: [{ pii: redact }], output: [fine] }';
    let journal: () => Promise<readonly RunEvent[]> = () => Promise.resolve([]);
    /** Lets pass only what the journal has no answer about. */
    const unheard: AnyCheck['score'] = async () => {
      const heard = ofType(await journal(), 'rail.judged').some(({ place }) => place === 'input');
      return { score: heard ? 0 : 1, verdict: heard ? 'fail' : 'pass', reason: 'looked' };
    };
    const yaml = railed(rails, ', gate: { checks: [fine] }');
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        calls.length = 0;
        const run = await first.start(yaml, {}, { rung: false });
        journal = () => first.events(run);
        await first.ring(run);
        let engine = first;
        for (let turn = 0; turn < 10; turn++) await first.clock.advance(0);
        if ((await first.store.runs.get(run))?.endedAt === undefined) {
          await first.clock.advance(16_000);
          engine = await afterDeath();
        }
        const state = await driven(engine, run);
        expect(state.phase.status, which).toBe('succeeded');
        const events = await engine.events(run);
        expect(JSON.stringify(outputsOf(state)), which).not.toContain('bob');
        // Every call of the step was given the same, and never what was hidden.
        expect(new Set(calls.filter((call) => call.startsWith('a '))), which).toEqual(
          new Set([`a ${JSON.stringify({ to: '<EMAIL_1>' })}`]),
        );
        const before = ofType(events, 'rail.judged').filter(({ path, place }) => path === 'a' && place === 'input');
        expect(before, which).toHaveLength(1);
        // Of each attempt that ended well, what was said behind the call is said once.
        const last = ofType(events, 'step.succeeded').find(({ path }) => path === 'a');
        const behind = ofType(events, 'rail.judged').filter(
          ({ path, attempt, place }) => path === 'a' && attempt === last?.attempt && place === 'output',
        );
        expect(behind, which).toHaveLength(1);
      },
      () => ({
        tools: { act, next: { ...act } },
        checks: {
          ...realChecks,
          unheard,
          fine: () => Promise.resolve({ score: 1, verdict: 'pass', reason: 'fine' }),
        },
      }),
    );
    expect(deaths).toBeGreaterThan(5);
  });

  it('block what they blocked, and ask no check a second time', async () => {
    let asks = 0;
    const fickle: AnyCheck['score'] = () => {
      asks += 1;
      return Promise.resolve({ score: 0, verdict: 'fail', reason: 'no' });
    };
    let calls = 0;
    await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        asks = 0;
        calls = 0;
        const run = await first.start(railed('{ input: [fickle] }'));
        let engine = first;
        for (let turn = 0; turn < 10; turn++) await first.clock.advance(0);
        if ((await first.store.runs.get(run))?.endedAt === undefined) {
          await first.clock.advance(16_000);
          engine = await afterDeath();
        }
        const state = await driven(engine, run);
        expect(state.phase, which).toMatchObject({ status: 'failed', error: { code: 'RAIL_BLOCKED', path: 'a' } });
        expect(calls, which).toBe(0);
        expect(ofType(await engine.events(run), 'rail.judged'), which).toHaveLength(1);
        // Once more only where the first answer died with its owner before it was stored.
        expect(asks, which).toBeLessThanOrEqual(2);
      },
      () => ({ tools: { act: () => (calls += 1), next: () => null }, checks: { fickle } }),
    );
  });

  it('do not call an irreversible tool again whose result they had passed on to the gate', async () => {
    let calls = 0;
    let gates = 0;
    const engine = await open({
      tools: {
        act: { effect: 'irreversible', run: () => Promise.resolve(`${(calls += 1)} ${anna}`) },
        next: () => null,
      },
      checks: {
        gate: (_, __, { signal }) => {
          gates += 1;
          if (gates > 1) return Promise.resolve({ score: 1, verdict: 'pass', reason: 'fine' });
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('dead'))));
        },
      },
    });
    const run = await engine.start(railed('{ output: [{ pii: redact }] }', ', gate: { checks: [gate] }'));
    await engine.until(run, ({ type }) => type === 'rail.judged');
    await stage.die(engine);
    const next = await stage.another(engine);
    expect(outputsOf(await driven(next, run))).toEqual({ a: '1 <EMAIL_1>' });
    expect(calls).toBe(1);
  });

  it('never give a placeholder of before to another text', async () => {
    let calls = 0;
    const act = (): Json => ((calls += 1) === 1 ? anna : 'bob@acme.example');
    const engine = await open({ tools: { act, next: act } });
    const yaml = `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, rails: { output: [{ pii: redact }] } }\n  - { id: nap, wait: { for: 1h } }\n  - { id: b, uses: act, rails: { output: [{ pii: redact }] } }\noutputs: { both: "\${{ [steps.a.output, steps.b.output] }}" }`;
    const run = await engine.start(yaml);
    await engine.until(run, ({ type }) => type === 'run.waiting');
    await stage.die(engine);
    const next = await stage.another(engine);
    expect(outputsOf(await driven(next, run, undefined, 3_600_000))).toEqual({ both: ['<EMAIL_1>', '<EMAIL_2>'] });
  });
});
