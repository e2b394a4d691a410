/** Rails of a step: what enters it and its tool, and what leaves them. */
import type { AnyCheck, Json, RunEvent, Verdict } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { realChecks } from './real-checks.ts';

let engine: Engine;
afterEach(() => engine.close());

const open = async (options: EngineOptions): Promise<Engine> => {
  engine = await openEngine({ ...options, checks: { ...realChecks, ...options.checks } });
  return engine;
};

/** A step `a` that acts, with these rails. */
const railed = (rails: string, more = 'with: { text: "${{ inputs.text }}" }'): string =>
  `telos: 1\nid: t\ninputs: { text: string }\nsteps:\n  - id: a\n    uses: act\n    ${more}\n    rails: ${rails}\noutputs: { a: "\${{ steps.a.output }}" }`;

const anna = 'anna@acme.example';
const journalOf = async (run: string): Promise<string> => JSON.stringify(await engine.events(run));
const judgedIn = (events: readonly RunEvent[]) => events.filter((event) => event.type === 'rail.judged');

const verdictOf = (passes: boolean, reason = 'looked'): Verdict => ({
  score: passes ? 1 : 0,
  verdict: passes ? 'pass' : 'fail',
  reason,
});

/** A check that says each time what it is told to. */
function saying(...passes: readonly boolean[]): { readonly check: AnyCheck['score']; readonly seen: Json[] } {
  const seen: Json[] = [];
  return {
    seen,
    check: ({ value }) => {
      seen.push(value);
      return Promise.resolve(verdictOf(passes[seen.length - 1] ?? passes.at(-1) ?? true));
    },
  };
}

describe('rails before a call', () => {
  it('keep a tool from being called with what they block, and fail the step with what was found', async () => {
    let calls = 0;
    await open({ tools: { act: () => (calls += 1) } });
    const state = await engine.run(railed('{ input: [secrets] }'), {
      text: 'the key is sk_live_51H8xyzABCDEFGHIJKLMNOPQ',
    });
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: {
        code: 'RAIL_BLOCKED',
        kind: 'terminal',
        path: 'a',
        message: expect.stringContaining('secrets'),
        next: expect.stringContaining('verdicts'),
        details: { rail: 'secrets' },
      },
    });
    expect(calls).toBe(0);
  });

  it('replace what they redact: the tool, the journal and every later attempt have the placeholder', async () => {
    const given: unknown[] = [];
    await open({
      tools: {
        act: (input, { attempt }) => {
          given.push(input);
          if (attempt === 1) throw new Error('not yet');
          return 'sent';
        },
      },
    });
    const yaml = railed(
      '{ tool_arguments: [{ pii: redact }] }',
      'with: { text: "Mail ${{ inputs.text }}" }\n    retry: 2',
    );
    const run = await engine.start(yaml, { text: anna });
    await engine.until(run, ({ type }) => type === 'attempt.failed');
    await engine.clock.advance(5000);
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    expect(given).toEqual([{ text: 'Mail <EMAIL_1>' }, { text: 'Mail <EMAIL_1>' }]);
    const events = await engine.events(run);
    const started = events.filter((event) => event.type === 'step.started');
    expect(started.map(({ input }) => input)).toEqual([
      { value: { text: 'Mail <EMAIL_1>' } },
      { value: { text: 'Mail <EMAIL_1>' } },
    ]);
    expect(judgedIn(events)).toMatchObject([
      { place: 'tool_arguments', outcome: 'pass', replaced: true, placeholders: ['<EMAIL_1>'] },
    ]);
  });

  it('stand in the journal before the call', async () => {
    let seen: readonly RunEvent[] = [];
    await open({ tools: { act: async (_, { run }) => ((seen = await engine.events(run)), 'done') } });
    await engine.run(railed('{ input: [pii], tool_arguments: [secrets] }'), { text: 'hello' });
    expect(seen.map(({ type }) => type).slice(-3)).toEqual(['rail.judged', 'rail.judged', 'step.started']);
  });

  it('look at what a person was to allow, and at what they wrote instead', async () => {
    const given: unknown[] = [];
    await open({ tools: { 'crm.act': (input) => (given.push(input), 'done') } });
    const yaml = railed('{ input: [{ pii: redact }] }')
      .replace('uses: act', 'uses: crm.act')
      .replace('steps:', 'permissions: { ask: ["crm.*"] }\nsteps:');
    const run = await engine.start(yaml, { text: anna });
    const asked = await engine.until(run, ({ type }) => type === 'wait.opened');
    expect(asked).toMatchObject({ wait: { purpose: 'permission', show: { value: { text: '<EMAIL_1>' } } } });
    const [wait] = (await engine.store.waits.list({ run }, 10)).items;
    const value = { value: { text: 'bob@acme.example or <EMAIL_1>' } };
    await engine.store.inbox.post(run, { id: 'd', kind: 'decide', wait: wait?.id ?? 0, decision: 'approve', value });
    await engine.ended(run);
    expect(given).toEqual([{ text: '<EMAIL_2> or <EMAIL_1>' }]);
  });

  it('leave secrets of an address in their place, and refuse to change a text that holds one', async () => {
    const given: unknown[] = [];
    await open({ tools: { act: (input) => (given.push(input), 'done') }, secrets: { KEY: 'a-very-secret-key' } });
    const yaml = (auth: string): string =>
      railed('{ input: [{ pii: redact }] }', `with: { text: "\${{ inputs.text }}", auth: "${auth}" }`);
    await engine.run(yaml('Bearer ${{ secrets.KEY }}'), { text: anna });
    expect(given).toEqual([{ text: '<EMAIL_1>', auth: 'Bearer a-very-secret-key' }]);
    const state = await engine.run(yaml('${{ inputs.text }} ${{ secrets.KEY }}'), { text: anna });
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'RAIL_FAILED' } });
    expect(given).toHaveLength(1);
  });
});

describe('rails of one place', () => {
  it('run side by side where none replaces', async () => {
    const both = createLatch();
    let waiting = 0;
    const meeting: AnyCheck['score'] = async () => {
      waiting += 1;
      if (waiting === 2) both.open();
      await both.reached;
      return verdictOf(true);
    };
    await open({ tools: { act: () => 'done' }, checks: { one: meeting, two: meeting } });
    expect((await engine.run(railed('{ input: [one, two] }'), { text: '' })).phase.status).toBe('succeeded');
  });

  it('see what those before them left, when they replace', async () => {
    const { check, seen } = saying(true);
    await open({ tools: { act: () => 'done' }, checks: { after: check } });
    await engine.run(railed('{ input: [{ pii: redact }, after] }'), { text: anna });
    expect(seen).toEqual([{ text: '<EMAIL_1>' }]);
  });

  it('are not asked once an earlier one has blocked', async () => {
    const { check, seen } = saying(true);
    await open({ tools: { act: () => 'done' }, checks: { no: saying(false).check, after: check } });
    const state = await engine.run(railed('{ input: [no, { pii: redact }, after] }'), { text: anna });
    expect(state.phase).toMatchObject({ error: { code: 'RAIL_BLOCKED' } });
    expect(seen).toEqual([]);
  });
});

describe('the action of a rail', () => {
  const found = { text: anna };

  it('flag: records what was found, and goes on with the value', async () => {
    await open({ tools: { act: ({ text }) => text ?? null } });
    const state = await engine.run(railed('{ input: [{ pii: flag }] }'), found);
    expect(outputsOf(state)).toEqual({ a: anna });
    expect(judgedIn(await engine.events(state.id))).toMatchObject([
      { outcome: 'pass', verdicts: [{ check: 'pii', verdict: 'fail', action: 'flag', mode: 'enforce' }] },
    ]);
  });

  it('shadow: records what it would have done, and does nothing', async () => {
    await open({ tools: { act: ({ text }) => text ?? null } });
    const state = await engine.run(
      railed('{ input: [{ check: pii, mode: shadow }], output: [{ check: pii, action: redact, mode: shadow }] }'),
      found,
    );
    expect(outputsOf(state)).toEqual({ a: anna });
    expect(judgedIn(await engine.events(state.id))).toMatchObject([
      { place: 'input', outcome: 'pass', verdicts: [{ verdict: 'fail', action: 'block', mode: 'shadow' }] },
      { place: 'output', outcome: 'pass', verdicts: [{ verdict: 'fail', action: 'redact', mode: 'shadow' }] },
    ]);
  });

  it('repair: puts the mended value in place, and blocks where there is none', async () => {
    await open({ tools: { act: ({ text }) => text ?? null } });
    const schema = '{ type: object, properties: { n: { type: number } }, required: [n] }';
    const yaml = railed(`{ output: [{ check: json_schema, with: { schema: ${schema} }, action: repair }] }`);
    expect(outputsOf(await engine.run(yaml, { text: 'Here you are: {n: 1,}' }))).toEqual({ a: { n: 1 } });
    expect((await engine.run(yaml, { text: 'no' })).phase).toMatchObject({ error: { code: 'RAIL_BLOCKED' } });
  });

  it.each(['block', 'ask', 'redact'])(
    '%s: holds the value back when the rail cannot run, and may be retried',
    async (action) => {
      let asked = 0;
      const flaky: AnyCheck = {
        ...(realChecks['pii'] as AnyCheck),
        score: () =>
          (asked += 1) === 1 ? Promise.reject(new Error('no model answers')) : Promise.resolve(verdictOf(true)),
      };
      let calls = 0;
      await open({
        tools: { act: { effect: 'irreversible', run: () => Promise.resolve((calls += 1)) } },
        checks: { pii: flaky },
      });
      const yaml = (more: string): string => railed(`{ input: [{ pii: ${action} }] }`, `with: { text: "x" }${more}`);
      const state = await engine.run(yaml(''), { text: '' });
      expect(state.phase).toMatchObject({
        error: { code: 'RAIL_FAILED', kind: 'retryable', message: expect.stringContaining('no model answers') },
      });
      expect(calls).toBe(0);
      asked = 0;
      const run = await engine.start(yaml('\n    retry: 2'), { text: '' });
      await engine.until(run, ({ type }) => type === 'attempt.failed');
      await engine.clock.advance(5000);
      expect((await engine.ended(run)).phase.status).toBe('succeeded');
      expect(calls).toBe(1);
    },
  );

  it('flag: goes on also when the rail cannot run, and says so', async () => {
    await open({ tools: { act: () => 'done' }, checks: { broken: () => Promise.reject(new Error('no disk')) } });
    const state = await engine.run(railed('{ input: [{ broken: flag }] }'), { text: '' });
    expect(state.phase.status).toBe('succeeded');
    expect(judgedIn(await engine.events(state.id))).toMatchObject([
      { verdicts: [{ verdict: 'error', reason: 'no disk' }] },
    ]);
  });
});

describe('rails behind a call', () => {
  it('redact the output before its gate, its journal and the next step see it', async () => {
    const { check, seen } = saying(true);
    await open({
      tools: {
        act: (_, { record }) => {
          record({ kind: 'chat', name: 'x/y', startedAt: 1, ms: 1, input: 'who?', output: `${anna} it is` });
          return { text: `${anna} it is` };
        },
      },
      checks: { gate: check },
    });
    const state = await engine.run(railed('{ output: [{ pii: redact }] }', 'gate: { checks: [gate] }'), { text: '' });
    expect(outputsOf(state)).toEqual({ a: { text: '<EMAIL_1> it is' } });
    expect(seen).toEqual([{ text: '<EMAIL_1> it is' }]);
    const journal = await journalOf(state.id);
    expect(journal).not.toContain('anna');
    expect(journal).toContain('"withheld":true');
  });

  it('give the same text the same placeholder throughout a run, and no placeholder to two', async () => {
    await open({ tools: { act: ({ text }) => text ?? null } });
    const rails = 'rails: { output: [{ pii: redact }] }';
    const yaml = `telos: 1\nid: t\nsteps:\n  - { id: all, foreach: ["${anna}", "bob@acme.example", "${anna}"], as: m, steps: [{ id: x, uses: act, with: { text: "\${{ m }}" }, ${rails} }] }\n  - { id: last, uses: act, with: { text: "bob@acme.example" }, ${rails} }\noutputs: { all: "\${{ steps.all.output }}", last: "\${{ steps.last.output }}" }`;
    const outputs = outputsOf(await engine.run(yaml)) as { readonly all: readonly string[]; readonly last: string };
    const [first, second, third] = outputs.all;
    expect(third).toBe(first);
    expect(second).not.toBe(first);
    expect(outputs.last).toBe(second);
    expect(new Set(outputs.all)).toEqual(new Set(['<EMAIL_1>', '<EMAIL_2>']));
  });

  it('leave nothing in the journal of what a later place replaces', async () => {
    await open({ tools: { act: () => ({ text: 'bob@acme.example' }) }, checks: { fine: saying(true).check } });
    const rails =
      '{ input: [secrets], tool_arguments: [{ pii: redact }], tool_result: [secrets], output: [{ pii: redact }] }';
    const state = await engine.run(railed(rails, `with: { to: "${anna}" }\n    gate: { checks: [fine] }`), {
      text: '',
    });
    expect(outputsOf(state)).toEqual({ a: { text: '<EMAIL_2>' } });
    const journal = await journalOf(state.id);
    expect(journal).not.toContain('anna');
    expect(journal).not.toContain('bob');
    expect(judgedIn(await engine.events(state.id)).map(({ place }) => place)).toEqual([
      'input',
      'tool_arguments',
      'tool_result',
      'output',
    ]);
  });

  it('withhold an output that they block, also from the step that failed', async () => {
    await open({ tools: { act: () => `write to ${anna}` } });
    const state = await engine.run(railed('{ output: [pii] }'), { text: '' });
    expect(state.phase).toMatchObject({ error: { code: 'RAIL_BLOCKED', path: 'a' } });
    expect(state.steps.get('a')).not.toHaveProperty('output');
    expect(await journalOf(state.id)).not.toContain('anna');
  });

  it('judge the result of the tool, then the output of the step', async () => {
    await open({ tools: { act: () => `${anna}\u200b\u200b\u200b\u200b` } });
    const state = await engine.run(railed('{ tool_result: [{ hidden_text: repair }], output: [{ pii: redact }] }'), {
      text: '',
    });
    expect(outputsOf(state)).toEqual({ a: '<EMAIL_1>' });
    expect(judgedIn(await engine.events(state.id)).map(({ place }) => place)).toEqual(['tool_result', 'output']);
  });

  it('hold streamed text back until it has passed, and keep none of a step that is cancelled', async () => {
    const shown: string[] = [];
    const streaming = createLatch();
    await open({
      tools: {
        act: async (input, { emitText, signal }) => {
          emitText(`${anna} `);
          emitText('it is');
          if (input['hang'] !== true) return { text: `${anna} it is` };
          streaming.open();
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
          return null;
        },
      },
    });
    const listen = (run: string): void =>
      void engine.live.subscribe(run, (part) => part.type === 'text' && shown.push(part.text));
    const rails = '{ output: [{ pii: redact }] }';
    const run = await engine.start(railed(rails), { text: '' }, { rung: false });
    listen(run);
    await engine.ring(run);
    await engine.ended(run);
    expect(shown).toEqual(['<EMAIL_1> it is']);

    const stopped = await engine.start(railed(rails, 'with: { hang: true }'), { text: '' }, { rung: false });
    listen(stopped);
    await engine.ring(stopped);
    await streaming.reached;
    await engine.store.inbox.post(stopped, { id: 'c', kind: 'cancel', reason: 'enough' });
    await engine.ended(stopped);
    expect(shown).toHaveLength(1);
    expect(await journalOf(stopped)).not.toContain('anna');
  });

  it('count what they cost as the cost of the step and of the run', async () => {
    const usage = { input_tokens: 10, output_tokens: 1, usd: 0.25, ms: 5, calls: 1 };
    const paid: AnyCheck['score'] = (_, __, { record }) => {
      record({ kind: 'chat', name: 'x/y', startedAt: 1, ms: 5, input: 'is this fine?', usage });
      return Promise.resolve({ ...verdictOf(true), usage });
    };
    await open({ tools: { act: () => 'done' }, checks: { paid } });
    const state = await engine.run(railed('{ input: [paid], output: [paid] }'), { text: '' });
    expect(state.usage).toMatchObject({ usd: 0.5, calls: 2 });
    expect((await engine.store.runs.get(state.id))?.usage.usd).toBe(0.5);
    // Those before the step stand with the answer, those behind its call with the step: each once, none with what was asked.
    const events = await engine.events(state.id);
    const made = events.flatMap((event) =>
      event.type === 'call.finished' ? [event.call] : event.type === 'rail.judged' ? (event.calls ?? []) : [],
    );
    expect(made).toMatchObject([
      { name: 'x/y', usage, attributes: { rail: true, withheld: true } },
      { name: 'x/y', usage, attributes: { rail: true, withheld: true } },
    ]);
    expect(JSON.stringify(events)).not.toContain('is this fine?');
    const bounded = railed('{ input: [paid] }').replace('steps:', 'limits: { budget: { usd: 0.2 } }\nsteps:');
    expect((await engine.run(bounded, { text: '' })).phase).toMatchObject({ error: { code: 'BUDGET_EXCEEDED' } });
  });
});

describe('rails of a block', () => {
  it('on tool calls hold for every step in it, however deep, behind the step’s own', async () => {
    const given: unknown[] = [];
    await open({ tools: { act: (input) => (given.push(input), 'secret: bob@acme.example') } });
    const yaml = `telos: 1\nid: t\nsteps:\n  - id: all\n    foreach: ["${anna}"]\n    rails: { tool_arguments: [{ pii: redact }], tool_result: [{ pii: redact }] }\n    steps: [{ id: one, parallel: { b: [{ id: x, uses: act, with: { to: "\${{ item }}" } }] } }]\noutputs: { all: "\${{ steps.all.output }}" }`;
    expect(outputsOf(await engine.run(yaml))).toEqual({ all: [{ b: 'secret: <EMAIL_2>' }] });
    expect(given).toEqual([{ to: '<EMAIL_1>' }]);
  });

  it('on its output replace, block and come before its gate', async () => {
    const { check, seen } = saying(true);
    await open({ tools: { act: () => anna }, checks: { gate: check } });
    const yaml = (rail: string): string =>
      `telos: 1\nid: t\nsteps:\n  - { id: all, foreach: [1], rails: { output: [${rail}] }, gate: { checks: [gate] }, steps: [{ id: x, uses: act }] }\noutputs: { all: "\${{ steps.all.output }}" }`;
    expect(outputsOf(await engine.run(yaml('{ pii: redact }')))).toEqual({ all: ['<EMAIL_1>'] });
    expect(seen).toEqual([['<EMAIL_1>']]);
    expect((await engine.run(yaml('pii'))).phase).toMatchObject({ error: { code: 'RAIL_BLOCKED', path: 'all' } });
  });
});

describe('a rail that hangs', () => {
  const hanging: AnyCheck['score'] = () => new Promise(() => {});
  const failed = { status: 'failed', error: { code: 'RAIL_FAILED', message: expect.stringContaining('within') } };
  const block = (rails: string): string =>
    `telos: 1\nid: t\nsteps:\n  - { id: all, foreach: [1], rails: ${rails}, steps: [{ id: x, uses: act }] }`;
  const places: readonly (readonly [string, string, number])[] = [
    ['before a call', railed('{ input: [hangs] }'), 60_000],
    ['before a call, its own limit', railed('{ tool_arguments: [{ check: hangs, timeout: 5s }] }'), 5000],
    ['behind a call', railed('{ tool_result: [hangs] }'), 60_000],
    ['on what a block gives', block('{ output: [{ check: hangs, timeout: 5s }] }'), 5000],
    ['on what the run gives', railed('{}').replace('steps:', 'rails: { output: [hangs] }\nsteps:'), 60_000],
  ];

  it.each(places)('%s holds the step no longer than its limit, and fails it', async (_, yaml, limitMs) => {
    await open({ tools: { act: () => 'done' }, checks: { hangs: hanging } });
    const run = await engine.start(yaml, yaml.includes('inputs:') ? { text: '' } : {});
    for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
    await engine.clock.advance(limitMs - 1);
    expect((await engine.store.runs.get(run))?.endedAt).toBeUndefined();
    await engine.clock.advance(1);
    expect((await engine.ended(run)).phase).toMatchObject(failed);
  });

  it('at the door lets nothing in', async () => {
    await open({ tools: { act: () => 'done' }, checks: { hangs: hanging } });
    const yaml = railed('{}').replace('steps:', 'rails: { input: [{ check: hangs, timeout: 5s }] }\nsteps:');
    const started = engine.start(yaml, { text: '' });
    started.catch(() => {});
    for (let turn = 0; turn < 20; turn++) await engine.clock.advance(1000);
    await expect(started).rejects.toMatchObject({ code: 'RAIL_FAILED' });
  });

  it('holds nothing that is cancelled meanwhile', async () => {
    await open({ tools: { act: () => 'done' }, checks: { hangs: hanging } });
    const run = await engine.start(railed('{ input: [hangs] }'), { text: '' });
    for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
  });
});

describe('text that is shown as it is made', () => {
  const parts = ['anna@ac', 'me.exa', 'mple', ' it', ' is'];
  const shownWith = async (rails: string, yaml = railed(rails)): Promise<readonly string[]> => {
    const shown: string[] = [];
    const run = await engine.start(yaml, { text: '' }, { rung: false });
    engine.live.subscribe(run, (part) => part.type === 'text' && shown.push(part.text));
    await engine.ring(run);
    await engine.ended(run);
    return shown;
  };

  it('is held back as long as later text could change the verdict, and judged once, not part by part', async () => {
    const usage = { input_tokens: 1, output_tokens: 1, usd: 0.01, ms: 1, calls: 1 };
    const judged: Json[] = [];
    const model: AnyCheck['score'] = ({ value }, _, { record }) => {
      judged.push(value);
      record({ kind: 'chat', name: 'x/y', startedAt: 1, ms: 1, input: 'is this fine?', usage });
      return Promise.resolve({ ...verdictOf(true), usage });
    };
    await open({
      tools: {
        act: (_, { emitText }) => {
          for (const part of parts) emitText(part);
          return { text: parts.join('') };
        },
      },
      checks: { model },
    });
    // What stands in two parts is in none of them: only the whole tells.
    expect(await shownWith('{ output: [{ pii: redact }, model] }')).toEqual(['<EMAIL_1> it is']);
    expect(judged).toEqual([{ text: '<EMAIL_1> it is' }]);
    const run = railed('{}').replace('steps:', 'rails: { output: [{ pii: redact }] }\nsteps:');
    expect(await shownWith('', run)).toEqual([]);
  });

  it('is shown part by part where no rail could stop or change it, and judged once behind it', async () => {
    const { check, seen } = saying(false);
    await open({
      tools: {
        act: (_, { emitText }) => {
          for (const part of parts) emitText(part);
          return { text: parts.join('') };
        },
      },
      checks: { looks: check },
    });
    expect(await shownWith('{ output: [{ looks: flag }, { check: looks, mode: shadow }] }')).toEqual(parts);
    expect(seen).toHaveLength(2);
  });
});
