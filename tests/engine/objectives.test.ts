/** Plans that reach their objectives: scored, replaced where they miss, and decided about by a person. */
import type { AnyTool, EventOf, Json, JsonObject, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';
import { isJudging, planOf, plannedBy, verdict } from './planned.ts';
import type { Asked, Planned, Play } from './planned.ts';
import { createStage, driven, say, withEachDeath } from './stage.ts';
import type { Answer } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

/** A workflow of one plan block. */
function workflow(more = '', around = ''): string {
  return `
telos: 1
id: t
steps:
  - { id: work, plan: { objective: "Count to three", tools: [act]${more} }${around} }
outputs: { all: "\${{ steps.work.output }}" }
`;
}

type Work = {
  readonly plan: string;
  readonly output: Json;
  readonly outcome: string;
  readonly rounds: number;
  readonly round: number;
  readonly notes: readonly string[];
  readonly objectives: readonly JsonObject[];
};

// what the plan block of `workflow` gives
const workOf = (state: Parameters<typeof outputsOf>[0]): Work => (outputsOf(state) as unknown as { all: Work }).all;

function eventsOf<T extends RunEvent['type']>(events: readonly RunEvent[], type: T): readonly EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

/** Gives its number, noted in `ran`; fails where it is negative. */
function counting(ran: number[]): { readonly act: (input: JsonObject) => Json } {
  return {
    act: ({ n }) => {
      ran.push(Number(n));
      if (Number(n) < 0) throw new Error(`${Number(n)} is less than nothing.`);
      return n ?? null;
    },
  };
}

const step = (id: string, n: number | string): string => `  - { id: ${id}, uses: act, with: { n: ${n} } }`;
const threeIs = (check: string) => [{ id: 'o1', check }];

describe('an objective', () => {
  it('is scored by its own check when the steps of the plan have ended', async () => {
    const ran: number[] = [];
    const plan = planOf(step('a', 3), '{ n: "${{ steps.a.output }}" }', [
      { id: 'o1', check: 'output.n == 3' },
      { id: 'o2', check: 'steps.a.output > 5' },
    ]);
    const planned = plannedBy(() => withServing(plan, 'a', ['o1', 'o2']), counting(ran));
    const engine = await stage.open(planned);
    const run = await engine.start(workflow());
    expect(workOf(await engine.ended(run))).toMatchObject({
      output: { n: 3 },
      outcome: 'partly',
      rounds: 1,
      objectives: [
        { id: 'o1', verdict: 'pass', score: 1, reason: 'output.n == 3 holds.' },
        { id: 'o2', verdict: 'fail', score: 0, reason: 'steps.a.output > 5 does not hold.' },
      ],
    });
    expect(eventsOf(await engine.events(run), 'objective.scored')).toMatchObject([
      { path: 'work', round: 1, objective: 'o1', result: { verdict: 'pass' } },
      { path: 'work', round: 1, objective: 'o2', result: { verdict: 'fail' } },
    ]);
  });

  it('of which only words tell is judged by a model, and so is each criterion that was given', async () => {
    const plan = planOf(step('a', 3), '{ n: "${{ steps.a.output }}" }', [{ id: 'o1', criterion: 'It is a three.' }]);
    const planned = plannedBy(
      (asked) => (isJudging(asked) ? verdict(asked.text.includes('It is a three.')) : plan),
      counting([]),
    );
    const engine = await stage.open(planned);
    const state = await engine.run(workflow(', criteria: ["names its source"]'));
    expect(workOf(state)).toMatchObject({
      outcome: 'partly',
      objectives: [
        { id: 'o1', verdict: 'pass', uses: 'judge', evidence: { model: 'openai/scripted' } },
        { id: 'c1', criterion: 'names its source', verdict: 'fail', reason: expect.stringContaining('It is missing') },
      ],
    });
    // One draft and two verdicts, all of them paid for by the block.
    expect(state.usage.calls).toBe(3);
  });

  it('is not shown to a model on a host that may not have what the plan has read, and stays untested', async () => {
    const rows: Partial<AnyTool> = { returns: ['private'], run: async () => 'a secret row' };
    const plan = planOf(step('a', 3), '{ rows: "${{ steps.a.output }}" }', [{ id: 'o1', criterion: 'It is kind.' }]);
    const play = (asked: Asked): Json => (isJudging(asked) ? verdict(true) : plan);
    const judged = async (privateHosts: readonly string[]) => {
      const planned = plannedBy(play, { act: rows });
      const engine = await stage.open({ ...planned, privateHosts });
      const work = workOf(await engine.run(workflow()));
      return { work, told: JSON.stringify(planned.asked) };
    };
    const outside = await judged(['crm.ours.example']);
    expect(outside.work).toMatchObject({ outcome: 'untested', objectives: [{ id: 'o1', verdict: 'untested' }] });
    expect(outside.told).not.toContain('a secret row');
    const allowed = await judged(['models']);
    expect(allowed.work).toMatchObject({ outcome: 'achieved' });
    expect(allowed.told).toContain('a secret row');
  });

  it('is judged within the budget: what that may cost is set aside, and no model is asked for what there is no room for', async () => {
    const usd = 1;
    const plan = planOf(step('a', 3), '{ n: "${{ steps.a.output }}" }', [{ id: 'o1', criterion: 'It is a three.' }]);
    const priced = () => {
      const planned = plannedBy((asked) => (isJudging(asked) ? verdict(true) : plan), counting([]));
      const judge = planned.checks['judge'];
      if (typeof judge !== 'object') throw new Error('There is no judge.');
      const estimate = () => Promise.resolve({ input_tokens: 0, output_tokens: 0, usd, ms: 0, calls: 1 });
      return { ...planned, checks: { ...planned.checks, judge: { ...judge, estimate } } };
    };
    const budget = (how: string): string => `limits: { budget: { usd: 0.5, on_exceeded: ${how} } }`;
    const ofRun = (how: string): string => workflow().replace('id: t', `id: t\n${budget(how)}`);

    const failing = priced();
    const state = await (await stage.open(failing)).run(ofRun('fail'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(failing.asked).toHaveLength(1);

    const pausing = priced();
    const engine = await stage.open(pausing);
    const run = await engine.start(ofRun('pause'));
    await engine.until(run, ({ type }) => type === 'run.paused');
    expect(pausing.asked).toHaveLength(1);
    await engine.store.inbox.post(run, { id: 'more', kind: 'resume', budget: { usd: 5, onExceeded: 'fail' } });
    expect(workOf(await engine.ended(run))).toMatchObject({ outcome: 'achieved' });
    expect(pausing.asked).toHaveLength(2);

    // With a budget of the block what was achieved is its result.
    const bounded = priced();
    const work = workOf(await (await stage.open(bounded)).run(workflow('', ', budget: { usd: 0.5 }')));
    expect(work).toMatchObject({
      output: { n: 3 },
      outcome: 'untested',
      objectives: [{ id: 'o1', verdict: 'untested', reason: expect.stringContaining('of $0.5') }],
    });
    expect(bounded.asked).toHaveLength(1);
  });

  it('stays untested, and is said to be, where no model can judge it', async () => {
    const plan = planOf(step('a', 3), '{ n: "${{ steps.a.output }}" }', [{ id: 'o1', check: 'output.n == 3' }]);
    const planned = plannedBy((asked) => (isJudging(asked) ? undefined : plan), counting([]));
    const engine = await stage.open(planned);
    expect(workOf(await engine.run(workflow(', criteria: ["names its source"]')))).toMatchObject({
      outcome: 'partly',
      objectives: [
        { id: 'o1', verdict: 'pass' },
        { id: 'c1', verdict: 'untested', score: 0, reason: expect.stringMatching(/^Not tested: .*cannot be reached/) },
      ],
    });
  });

  it('is missed by a plan that gives nothing that its check could look at', async () => {
    const plan = planOf(step('a', 3), '{ n: "${{ steps.a.output }}" }', threeIs('output.n.missing == 3'));
    const engine = await stage.open(plannedBy(() => plan, counting([])));
    expect(workOf(await engine.run(workflow()))).toMatchObject({
      outcome: 'not_achieved',
      objectives: [{ verdict: 'fail', reason: expect.stringContaining('missing') }],
    });
  });
});

/** Misses in its first plan: `b` gives two where three is wanted. */
const first = planOf(
  `${step('a', 1)}\n${step('b', '"${{ steps.a.output + 1 }}"')}`,
  '{ n: "${{ steps.b.output }}" }',
  threeIs('output.n == 3'),
);
const second = planOf(
  `${step('a', 1)}\n${step('b', '"${{ steps.a.output + 2 }}"')}`,
  '{ n: "${{ steps.b.output }}" }',
  threeIs('output.n == 3'),
);
const replans = (asked: { readonly text: string }): boolean =>
  asked.text.includes('An earlier plan for this objective');

describe('the best of several plans', () => {
  it('is what runs; the journal has every draft, where each was placed, and what that cost', async () => {
    const ran: number[] = [];
    const plans = [2, 3].map((n) => planOf(step('a', n), '{ n: "${{ steps.a.output }}" }', threeIs('output.n == 3')));
    const play: Play = ({ text, times }) =>
      text.startsWith('You compare plans')
        ? // Plan A of the list, then plan B of the list turned round: the second plan neither time but the first once.
          { ranking: (times === 3 ? ['B', 'A'] : ['A', 'B']).map((plan) => ({ plan, reason: 'It counts to three.' })) }
        : plans[times - 1];
    const engine = await stage.open(plannedBy(play, counting(ran)));
    const run = await engine.start(workflow(', best_of: 2'));
    const state = await engine.ended(run);
    expect(workOf(state)).toMatchObject({ outcome: 'achieved', output: { n: 3 } });
    expect(ran).toEqual([3]);
    const events = await engine.events(run);
    const calls = eventsOf(events, 'call.finished').filter(({ path }) => path === 'work');
    expect(calls.map(({ call: { attributes } }) => [attributes?.['prompt'], attributes?.['candidate']])).toEqual([
      ['plan.v2', 1],
      ['plan.v2', 2],
      ['best-of.v1', undefined],
      ['best-of.v1', undefined],
    ]);
    const [accepted] = eventsOf(events, 'plan.accepted');
    expect(accepted).toMatchObject({
      usage: { calls: 4 },
      objectives: {
        candidates: [
          { program: accepted?.program, chosen: true, score: 1 },
          { chosen: false, score: 0 },
        ],
      },
    });
  });
});

describe('a plan that misses an objective', () => {
  it('is replaced by another while rounds are left, and what stands unchanged in it is not run again', async () => {
    const ran: number[] = [];
    const planned = plannedBy((asked) => (replans(asked) ? second : first), counting(ran));
    const engine = await stage.open(planned);
    const run = await engine.start(workflow(', rounds: 3'));
    expect(workOf(await engine.ended(run))).toMatchObject({
      output: { n: 3 },
      outcome: 'achieved',
      rounds: 2,
      round: 2,
    });
    expect(ran).toEqual([1, 2, 3]);
    const events = await engine.events(run);
    expect(eventsOf(events, 'plan.replaced')).toMatchObject([{ path: 'work', round: 2, kept: ['a'] }]);
    const kept = eventsOf(events, 'step.succeeded').find(({ path }) => path === 'work#2.a');
    expect(kept).toMatchObject({ kept: 'work#1.a', output: { value: 1 } });
    expect(kept?.usage).toBeUndefined();
  });

  it('tells the planner what its steps gave, what failed, and what was said of its objectives', async () => {
    const planned = plannedBy((asked) => (replans(asked) ? second : first), counting([]));
    const engine = await stage.open(planned);
    await engine.run(workflow(', rounds: 2'));
    const told = planned.asked[1]?.messages.at(-1)?.text ?? '';
    expect(told).toContain('- b: succeeded:\n```text\n2\n```');
    expect(told).toContain('- o1: fail, score 0.00:\n```text\noutput.n == 3 does not hold.\n```');
    expect(told).toContain('steps.a.output + 1');
  });

  it('is the result when the rounds end and it was the best of them', async () => {
    const worse = planOf(step('a', 7), '{ n: "${{ steps.a.output }}" }', [
      { id: 'o1', check: 'output.n == 3' },
      { id: 'o2', check: 'output.n < 5' },
    ]);
    const better = planOf(step('a', 4), '{ n: "${{ steps.a.output }}" }', [
      { id: 'o1', check: 'output.n == 3' },
      { id: 'o2', check: 'output.n < 5' },
    ]);
    const planned = plannedBy((asked) => withServing(replans(asked) ? worse : better, 'a', ['o1', 'o2']), counting([]));
    const engine = await stage.open(planned);
    expect(workOf(await engine.run(workflow(', rounds: 2')))).toMatchObject({
      output: { n: 4 },
      outcome: 'partly',
      rounds: 2,
      round: 1,
    });
  });

  it('is not replaced by the same plan again', async () => {
    const ran: number[] = [];
    const planned = plannedBy(() => first, counting(ran));
    const engine = await stage.open(planned);
    expect(workOf(await engine.run(workflow(', rounds: 5')))).toMatchObject({ outcome: 'not_achieved', rounds: 1 });
    expect(ran).toEqual([1, 2]);
    expect(planned.asked).toHaveLength(2);
  });

  it('stays the result, with the reason, when no other plan can be made', async () => {
    const planned = plannedBy((asked) => (replans(asked) ? undefined : first), counting([]));
    const engine = await stage.open(planned);
    expect(workOf(await engine.run(workflow(', rounds: 3')))).toMatchObject({
      output: { n: 2 },
      rounds: 1,
      notes: [expect.stringContaining('MODEL_UNAVAILABLE')],
    });
  });

  it('is not replaced when the budget has no room for another', async () => {
    const planned = plannedBy((asked) => (replans(asked) ? second : first), counting([]));
    const engine = await stage.open(planned);
    const state = await engine.run(workflow(', rounds: 3', ', budget: { tokens: 1k }'));
    expect(workOf(state)).toMatchObject({ output: { n: 2 }, outcome: 'not_achieved', rounds: 1 });
    expect(planned.asked).toHaveLength(1);
  });
});

describe('a plan whose step fails', () => {
  const failing = planOf(
    `${step('a', 1)}\n${step('b', -1)}`,
    '{ n: "${{ steps.b.output }}" }',
    threeIs('output.n == 3'),
  );

  it('is replaced, and the planner is told why', async () => {
    const ran: number[] = [];
    const planned = plannedBy((asked) => (replans(asked) ? second : failing), counting(ran));
    const engine = await stage.open(planned);
    expect(workOf(await engine.run(workflow(', rounds: 2')))).toMatchObject({ outcome: 'achieved', round: 2 });
    expect(ran).toEqual([1, -1, 3]);
    expect(planned.asked[1]?.messages.at(-1)?.text).toMatch(/- b: failed:\n```text\n[A-Z_]+: .*less than nothing/);
  });

  it('fails its block where one round is all there is', async () => {
    const engine = await stage.open(plannedBy(() => failing, counting([])));
    expect((await engine.run(workflow())).phase).toMatchObject({ status: 'failed', error: { path: 'work#1.b' } });
  });

  it('leaves the result of an earlier round that came to its end', async () => {
    const engine = await stage.open(plannedBy((asked) => (replans(asked) ? failing : first), counting([])));
    expect(workOf(await engine.run(workflow(', rounds: 2')))).toMatchObject({ output: { n: 2 }, rounds: 2, round: 1 });
  });
});

describe('what the steps of a plan gave', () => {
  const page: Partial<AnyTool> = { returns: ['untrusted'], run: async () => 'a page' };
  const rows: Partial<AnyTool> = { returns: ['private'], run: async () => 'a secret row' };
  const both = `, tools: [page, rows, act], rounds: 2`;
  const source = workflow(both).replace(', tools: [act]', '');
  const plans = (text: string): Json =>
    replans({ text })
      ? planOf(step('a', 3), '{ n: "${{ steps.a.output }}" }', threeIs('output.n == 3'))
      : planOf(
          '  - { id: p, uses: page }\n  - { id: r, uses: rows }',
          '{ n: "${{ steps.p.output }}" }',
          threeIs('output.n == 3'),
        );

  it('is behind every word of the plan that takes its place', async () => {
    const engine = await stage.open(plannedBy(({ text }) => plans(text), { ...counting([]), page, rows }));
    const run = await engine.start(source);
    await engine.ended(run);
    const events = await engine.events(run);
    expect(eventsOf(events, 'plan.replaced')[0]?.labels).toEqual(expect.arrayContaining(['untrusted', 'private']));
    const a = eventsOf(events, 'step.succeeded').find(({ path }) => path === 'work#2.a');
    expect(a?.labels).toEqual(expect.arrayContaining(['untrusted', 'private']));
  });

  it('is not shown to a model that may not have it', async () => {
    const planned = plannedBy(({ text }) => plans(text), { ...counting([]), page, rows });
    const engine = await stage.open({ ...planned, privateHosts: [] });
    await driven(engine, await engine.start(source));
    const told = planned.asked[1]?.messages.at(-1)?.text ?? '';
    expect(told).toContain('(private: not shown)');
    expect(told).not.toContain('a secret row');
  });
});

describe('a plan that a person is to decide about', () => {
  const approve = ', rounds: 3, approve: { who: [editors] }';

  async function asks(engine: Engine, run: string) {
    await engine.until(run, ({ type }) => type === 'wait.opened');
    const { items } = await engine.store.waits.list({ run }, 10);
    const [listed] = items;
    if (listed?.wait?.kind !== 'approval') throw new Error('Nobody is asked.');
    const { show } = listed.wait;
    return { listed, wait: listed.wait, shown: 'value' in show ? (show.value as JsonObject) : {} };
  }

  it('shows its objectives, its steps with their reasons, and what it may cost, and runs nothing before', async () => {
    const ran: number[] = [];
    const engine = await stage.open(plannedBy(() => second, counting(ran)));
    const run = await engine.start(workflow(approve));
    const { wait, shown } = await asks(engine, run);
    expect(wait).toMatchObject({ purpose: 'plan', who: ['editors'], plan: { round: 1, last: false } });
    expect(shown).toMatchObject({
      planner: 'openai/scripted',
      objectives: [{ id: 'o1', check: 'output.n == 3' }],
      steps: [
        { step: 'a', uses: 'act', serves: 'o1', why: 'It needs a.' },
        { step: 'b', uses: 'act' },
      ],
      may_cost: { expected: { calls: 2 }, most: { calls: 2 } },
    });
    expect(shown['plan']).toContain('steps.a.output + 2');
    expect(ran).toEqual([]);
    expect(workOf(await driven(engine, run))).toMatchObject({ outcome: 'achieved', rounds: 1 });
    expect(ran).toEqual([1, 3]);
  });

  it('goes back to the planner with the note of the person who rejects it', async () => {
    const planned = plannedBy(({ text }) => (text.includes('begin with two') ? second : first), counting([]));
    const engine = await stage.open(planned);
    const run = await engine.start(workflow(approve));
    const { listed } = await asks(engine, run);
    const note = 'begin with two';
    await say(engine.store, run, { id: 'm1', kind: 'decide', wait: listed.id, decision: 'reject', note });
    expect(workOf(await driven(engine, run))).toMatchObject({ outcome: 'achieved', rounds: 1 });
    expect(eventsOf(await engine.events(run), 'plan.proposed')).toHaveLength(2);
  });

  it('fails its step when it was the last one and is rejected', async () => {
    const engine = await stage.open(plannedBy(() => first, counting([])));
    const run = await engine.start(workflow(', approve: true'));
    const { listed, wait } = await asks(engine, run);
    expect(wait.plan).toMatchObject({ last: true });
    await say(engine.store, run, { id: 'm1', kind: 'decide', wait: listed.id, decision: 'reject', note: 'not so' });
    expect((await engine.ended(run)).phase).toMatchObject({
      error: { code: 'APPROVAL_REJECTED', path: 'work', message: expect.stringContaining('not so') },
    });
  });

  it('is what the person makes of it when they edit it', async () => {
    const engine = await stage.open(plannedBy(() => first, counting([])));
    const run = await engine.start(workflow(', approve: true'));
    const { listed, shown } = await asks(engine, run);
    const value = {
      value: { ...shown, plan: String(shown['plan']).replace('steps.a.output + 1', 'steps.a.output + 2') },
    };
    await say(engine.store, run, { id: 'm1', kind: 'decide', wait: listed.id, decision: 'approve', value });
    expect(workOf(await engine.ended(run))).toMatchObject({ output: { n: 3 }, outcome: 'achieved' });
  });

  it('is not run when what the person wrote is none, or takes what was not granted', async () => {
    const tools = { ...counting([]), wipe: () => null };
    for (const [text, code] of [
      ['telos: 1\nid: p\nsteps: [{ id: a, uses: wipe }]', 'PLAN_TOOL_REFUSED'],
      ['no plan', 'WRONG_TYPE'],
    ] as const) {
      const engine = await stage.open(plannedBy(() => first, tools));
      const run = await engine.start(workflow(', approve: true'));
      const { listed } = await asks(engine, run);
      const value = { value: text };
      await say(engine.store, run, { id: 'm1', kind: 'decide', wait: listed.id, decision: 'approve', value });
      expect((await engine.ended(run)).phase).toMatchObject({
        error: { code: 'PLAN_INVALID', details: { faults: [{ code }] } },
      });
    }
  });

  it('shows from the second round on how it differs from the one before', async () => {
    const planned = plannedBy((asked) => (replans(asked) ? second : first), counting([]));
    const engine = await stage.open(planned);
    const run = await engine.start(workflow(approve));
    const { listed } = await asks(engine, run);
    await say(engine.store, run, { id: 'm1', kind: 'decide', wait: listed.id, decision: 'approve' });
    await engine.until(run, (event) => event.type === 'objective.scored');
    const begun = (event: RunEvent): boolean =>
      event.type === 'wait.opened' && event.wait.kind === 'approval' && event.wait.plan?.round === 2;
    await engine.until(run, begun);
    const { shown } = await asks(engine, run);
    expect(shown).toMatchObject({
      steps: [
        { step: 'a', change: 'same' },
        { step: 'b', change: 'changed' },
      ],
      removed: [],
    });
    expect(workOf(await driven(engine, run))).toMatchObject({ outcome: 'achieved', round: 2 });
  });

  it('is decided without anybody when its time is up', async () => {
    for (const [end, phase] of [
      ['approve', { status: 'succeeded' }],
      ['reject', { error: { code: 'APPROVAL_REJECTED' } }],
      ['fail', { error: { code: 'APPROVAL_TIMEOUT' } }],
    ] as const) {
      const engine = await stage.open(plannedBy(() => second, counting([])));
      const run = await engine.start(workflow(`, rounds: 2, approve: { timeout: 30s, on_timeout: ${end} }`));
      await asks(engine, run);
      expect((await driven(engine, run, () => undefined)).phase).toMatchObject(phase);
    }
  });
});

describe('a plan block whose owner dies', () => {
  /** Misses, is rejected by a person, fails, and reaches its end in the fourth plan. */
  function adventure(): Planned & { readonly ran: number[] } {
    const ran: number[] = [];
    const failing = planOf(
      `${step('a', 1)}\n${step('b', -1)}`,
      '{ n: "${{ steps.b.output }}" }',
      threeIs('output.n == 3'),
    );
    const planned = plannedBy((asked) => {
      if (isJudging(asked)) return verdict(true);
      if (asked.text.includes('less than nothing')) return second;
      if (asked.text.includes('does not hold')) return failing;
      return first;
    }, counting(ran));
    return { ...planned, ran };
  }

  it('goes on with the next owner from the last event, whichever append it died at', async () => {
    let played = adventure();
    const deaths = await withEachDeath(
      stage,
      async (engine, afterDeath, which) => {
        const run = await engine.start(workflow(', rounds: 4, criteria: ["is a number"]'));
        await engine.clock.advance(1000);
        const next = await afterDeath();
        const work = workOf(await driven(next, run));
        expect(work, which).toMatchObject({
          output: { n: 3 },
          outcome: 'achieved',
          rounds: 3,
          objectives: [
            { id: 'o1', verdict: 'pass' },
            { id: 'c1', verdict: 'pass' },
          ],
        });
        const events = await next.events(run);
        expect(eventsOf(events, 'plan.accepted'), which).toHaveLength(1);
        expect(eventsOf(events, 'plan.replaced'), which).toMatchObject([{ round: 2 }, { round: 3, kept: ['a'] }]);
        const scored = eventsOf(events, 'objective.scored').map(({ round, objective }) => `${round} ${objective}`);
        expect(scored, which).toEqual(['1 o1', '1 c1', '3 o1', '3 c1']);
      },
      () => {
        played = adventure();
        return played;
      },
    );
    expect(deaths).toBeGreaterThan(10);
  }, 180_000);

  it('asks a person once about each plan, and carries out what they said once', async () => {
    const deaths = await withEachDeath(
      stage,
      async (engine, afterDeath, which) => {
        const run = await engine.start(workflow(', rounds: 4, approve: true'));
        const answer: Answer = ({ id, wait }) => {
          const isFirst = wait?.kind === 'approval' && wait.plan?.round === 1;
          const said = isFirst
            ? { decision: 'reject' as const, note: 'begin with two' }
            : { decision: 'approve' as const };
          return { id: `answer ${run} ${id}`, kind: 'decide', wait: id, ...said };
        };
        for (let turn = 0; turn < 6; turn++) {
          await engine.clock.advance(100);
          for (const wait of (await engine.store.waits.list({ run }, 10)).items)
            await say(engine.store, run, answer(wait));
        }
        const next = await afterDeath();
        expect(workOf(await driven(next, run, answer)), which).toMatchObject({ outcome: 'achieved', rounds: 2 });
        const events = await next.events(run);
        expect(eventsOf(events, 'plan.proposed'), which).toHaveLength(3);
        expect(eventsOf(events, 'wait.closed'), which).toHaveLength(3);
      },
      () =>
        plannedBy((asked) => {
          if (replans(asked)) return second;
          return asked.text.includes('begin with two') ? first : planOf(step('a', 9), '{ n: "${{ steps.a.output }}" }');
        }, counting([])),
    );
    expect(deaths).toBeGreaterThan(10);
  }, 180_000);
});

/** The plan with a reason for one step that serves the first objective, and one for the others, so that none is idle. */
function withServing(plan: JsonObject, id: string, serves: readonly string[]): JsonObject {
  const extra = serves
    .slice(1)
    .map((objective) => ({ step: `${id}_${objective}`, serves: objective, why: 'It needs it.' }));
  const more = extra.map(({ step: other }) => `  - { id: ${other}, uses: act, with: { n: 1 } }`).join('\n');
  return {
    ...plan,
    yaml: String(plan['yaml']).replace('\noutputs:', `\n${more}\noutputs:`),
    steps: [{ step: id, serves: serves[0] ?? 'o1', why: 'It needs it.' }, ...extra],
  };
}
