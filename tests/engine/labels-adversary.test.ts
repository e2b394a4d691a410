/** Labels under attack: every detour by which a value might come out without what it came in with. */
import { forkOf, isForkRefusal, noUsage } from '@telos/core';
import type { AnyCheck, AnyTool, JsonObject, Models, RunEvent, RunState, ToolCall } from '@telos/core';
import { loadProgram } from '@telos/language';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openEngine } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { labellingIn, labelsIn } from './labelled.ts';
import { driven } from './stage.ts';

let engine: Engine;
afterEach(() => engine.close());

const row = { name: 'Anna', note: '{"pay": 7}', n: 2, list: ['Anna', 'Ben', 'Cyr'], of: { Anna: 1 }, ms: 1000 };
type Source = 'data' | 'web';

/** Quotes all that it is shown, as a reason may. */
const quoting: AnyCheck = {
  name: 'quoting',
  description: 'quotes',
  needs: 'local',
  params: z.strictObject({ than: z.unknown().optional(), passes: z.boolean().optional() }),
  score: ({ value, sources }, { than, passes = false }: { than?: unknown; passes?: boolean }) =>
    Promise.resolve({
      score: passes ? 1 : 0,
      verdict: passes ? 'pass' : 'fail',
      reason: `It is ${JSON.stringify([value, than, sources])}.`,
    }),
};

/** Rejects all, some less than others. */
const grade: AnyCheck = {
  ...quoting,
  name: 'grade',
  params: z.strictObject({}),
  score: ({ value }) => Promise.resolve({ score: value === 'Anna' ? 0.5 : 0, verdict: 'fail', reason: 'no' }),
};

async function open(options: EngineOptions = {}): Promise<Engine> {
  const tools: { readonly [name: string]: Partial<AnyTool> } = {
    data: { returns: ['private'], run: () => Promise.resolve(row) },
    web: { returns: ['untrusted'], run: () => Promise.resolve(row) },
    same: { echoes: 'value', run: ({ value = null }: JsonObject) => Promise.resolve(value) },
    act: { run: () => Promise.resolve(1) },
  };
  engine = await openEngine({ ...options, tools: { ...tools, ...options.tools }, checks: { quoting, grade } });
  return engine;
}

async function run(steps: string, source: Source = 'data', options: EngineOptions = {}): Promise<RunState> {
  await open(options);
  return engine.run(`telos: 1\nid: t\nsteps:\n  - { id: row, uses: ${source} }\n${steps}`);
}

const after = (value: string): string => `  - { id: after, uses: act, with: { v: ${JSON.stringify(value)} } }`;

/** Once with private data and once with untrusted text. */
async function expectKept(steps: string, value: string, options: EngineOptions = {}): Promise<void> {
  for (const [source, label] of [
    ['data', 'private'],
    ['web', 'untrusted'],
  ] as const) {
    const state = await run(`${steps}\n${after(value)}`, source, options);
    expect(state.phase).toMatchObject({ status: 'succeeded' });
    expect(labelsIn(state, 'after')).toEqual([label]);
    if (source === 'data') await engine.close();
  }
}

describe('an expression hands on the labels of what it reads, whatever it makes of it:', () => {
  it.each([
    ['a list that is mapped', 'steps.row.output.list.map(x, x)'],
    ['a list of which only the places are left', 'steps.row.output.list.map(x, 1)'],
    ['a list that is filtered', "steps.row.output.list.filter(x, x != 'Ben')"],
    ['a list of its own, filtered by it', "['a', 'b'].filter(x, x == steps.row.output.name)"],
    ['a list of its own, mapped over it', '[0, 1].map(i, steps.row.output.list[i])'],
    ['texts put together', "'Dear ' + steps.row.output.name"],
    ['a choice between literals', "steps.row.output.name == 'Anna' ? 'yes' : 'no'"],
    ['whether it is there', 'has(steps.row.output.name)'],
    ['whether something like it exists', "steps.row.output.list.exists(x, x.startsWith('A'))"],
    ['how long it is', 'size(steps.row.output.name)'],
    ['how many there are', 'size(steps.row.output.list)'],
    ['what stands in a text of JSON', 'json(steps.row.output.note).pay'],
    ['the JSON of it', 'toJson(steps.row.output)'],
    ['the keys of a map', 'steps.row.output.of.map(k, k)'],
    ['a map with a key of it', '{steps.row.output.name: 1}'],
    ['a map that is asked by it', "{'Anna': 1}[steps.row.output.name]"],
    ['lists of it', 'batches(steps.row.output.list, 2)'],
    ['a field whose name is computed', "steps.row.output['na' + 'me']"],
    ['a field of a step in a list', "[steps.row].map(s, s['out' + 'put'].name)[0]"],
    ['the whole step', 'steps.row'],
    ['a name that is given to it', 'cel.bind(r, steps.row, r.output.name)'],
    ['a name that hides the root', '[steps.row.output].map(steps, steps.name)[0]'],
    ['a number in words', "string(steps.row.output.n) + 'x'"],
  ])('%s', (_, expression) => expectKept('', `\${{ ${expression} }}`));

  it('text around it', () => expectKept('', 'Dear ${{ steps.row.output.name }}'));
});

describe('a map of which one field is private', () => {
  const made = '  - { id: x, uses: same, with: { value: { safe: "tea", who: "${{ steps.row.output.name }}" } } }\n';

  it.each([
    ['steps.x.output.safe', []],
    ["steps.x.output['safe']", []],
    ["'Dear ' + steps.x.output.safe", []],
    ['has(steps.x.output.safe) ? steps.x.output.safe : 1', []],
    ['[steps.x.output.safe].map(s, s)', []],
    ['steps.x.output.who', ['private']],
    ["steps.x.output['sa' + 'fe']", ['private']],
    ['has(steps.x.output.other)', ['private']],
    ['size(steps.x.output)', ['private']],
    ['steps.x.output.map(k, k)', ['private']],
    ['cel.bind(x, steps.x.output, x.safe)', ['private']],
    ['[steps.x.output.safe, steps.x.output.who][0]', ['private']],
  ])('gives by %s what that field carries, or all where nobody can tell', async (expression, expected) => {
    const state = await run(`${made}${after(`\${{ ${expression} }}`)}`);
    expect(state.phase).toMatchObject({ status: 'succeeded' });
    expect(labelsIn(state, 'after')).toEqual(expected);
  });
});

describe('an error of an expression, which may quote what it read, carries its labels:', () => {
  const bad = "{'a': 1}[steps.row.output.name]";
  const inner = 'steps: [{ id: i, uses: act }]';
  it.each([
    ['of `when`', `{ id: x, uses: act, when: "${bad} > 1"`],
    ['of `when` of a block', `{ id: x, when: "${bad} > 1", parallel: { a: [{ id: i, uses: act }] }`],
    ['of a case of `switch`', `{ id: x, switch: [{ when: "${bad} > 1", ${inner} }]`],
    ['of the items of `foreach`', `{ id: x, foreach: "\${{ [${bad}] }}", ${inner}`],
    ['of a `foreach` that is given no list', `{ id: x, foreach: "\${{ json(steps.row.output.note) }}", ${inner}`],
    ['of `yield`', `{ id: x, foreach: "\${{ [1] }}", ${inner}, yield: "\${{ ${bad} }}"`],
    ['of the state of a loop', `{ id: x, loop: { max: 2, state: { a: "\${{ ${bad} }}" }, next: { a: 1 } }, ${inner}`],
    [
      'of what a loop goes on with',
      `{ id: x, loop: { max: 2, state: { a: 1 }, next: { a: "\${{ ${bad} }}" } }, ${inner}`,
    ],
    ['of `until`', `{ id: x, loop: { max: 2, state: { a: 1 }, until: "${bad} > 2" }, ${inner}`],
    ['of `with`', `{ id: x, uses: act, with: { v: "\${{ ${bad} }}" }`],
    ['of `idempotency_key`', `{ id: x, uses: act, idempotency_key: "\${{ ${bad} }}"`],
    ['of what a person is shown', `{ id: x, approve: { show: "\${{ ${bad} }}" }`],
    ['of a duration', `{ id: x, wait: { for: "\${{ ${bad} }}" }`],
    ['of what an agent is asked', `{ id: x, agent: { input: "\${{ ${bad} }}" }`],
    ['of an objective', `{ id: x, plan: { objective: "\${{ ${bad} }}" }`],
  ])('%s', (_, step) => expectKept(`  - ${step}, on_error: continue }`, '${{ steps.x.error.message }}'));

  it('of what was read before in the state and the items around it', async () => {
    const state = await run(`
  - id: each
    foreach: "\${{ steps.row.output.list }}"
    as: who
    steps:
      - { id: x, uses: act, when: "{'a': 1}[who] > 1", on_error: continue }
      - { id: y, uses: act, with: { v: "\${{ steps.x.error.message }}" } }`);
    expect(labelsIn(state, 'each[0].y')).toEqual(['private']);
  });

  it('and a condition that only holds or does not adds nothing to what it lets run', async () => {
    const state = await run(`
  - { id: x, uses: act, when: "steps.row.output.name == 'Anna'" }
  - { id: s, switch: [{ when: "steps.row.output.name == 'Anna'", steps: [{ id: i, uses: act }] }] }
${after('${{ [steps.x.output, steps.s.output] }}')}`);
    expect(labelsIn(state, 'after')).toEqual([]);
  });
});

describe('a list that a `foreach` goes through', () => {
  it('leaves its labels on what is made item by item: as many as it had, in its order', () =>
    expectKept(
      '  - { id: x, foreach: "${{ steps.row.output.list }}", steps: [{ id: i, uses: act }] }',
      '${{ size(steps.x.output) }}',
    ));

  it('leaves them also where it is empty', () =>
    expectKept(
      `  - { id: x, foreach: "\${{ steps.row.output.list.filter(n, n == 'Zoe') }}", steps: [{ id: i, uses: act }] }`,
      '${{ size(steps.x.output) }}',
    ));

  it('no longer has `untrusted` where a person vouches for the block', async () => {
    const state = await run(
      '  - { id: x, trust: trusted, foreach: "${{ steps.row.output.list }}", steps: [{ id: i, uses: act }] }',
      'web',
    );
    expect(labelsIn(state, 'x')).toEqual([]);
  });
});

describe('what the checks of a gate say of a step carries what they were shown', () => {
  const gate = (than: string, passes = true): string =>
    `gate: { checks: [{ quoting: { than: ${than}, passes: ${passes} } }] }`;

  it('where they pass and quote their parameter, while the output carries nothing', async () => {
    const state = await run(`
  - { id: x, uses: act, ${gate('"${{ steps.row.output.name }}"')} }
  - { id: out, uses: act, with: { v: "\${{ steps.x.output }}" } }
  - { id: score, uses: act, with: { v: "\${{ steps.x.gate.score }}" } }
${after('${{ steps.x.gate.verdicts[0].reason }}')}`);
    expect(labelsIn(state, 'after')).toEqual(['private']);
    expect(labelsIn(state, 'out')).toEqual([]);
    expect(labelsIn(state, 'score')).toEqual([]);
  });

  it('and so does the step as a whole', () =>
    expectKept(`  - { id: x, uses: act, ${gate('"${{ steps.row.output.name }}"')} }`, '${{ toJson(steps.x) }}'));

  it('of a private item of the list around it, and of a condition on one', async () => {
    const state = await run(`
  - id: each
    foreach: "\${{ steps.row.output.list }}"
    as: who
    steps:
      - { id: x, uses: act, ${gate('"${{ who }}"')} }
      - { id: y, uses: act, with: { v: "\${{ steps.x.gate.verdicts }}" } }
      - { id: p, uses: act, gate: { checks: [{ quoting: { passes: true } }], pass: "{'a': 1}[who] > 0" }, on_error: continue }
      - { id: q, uses: act, with: { v: "\${{ steps.p.error.message }}" } }`);
    expect(labelsIn(state, 'each[0].y')).toEqual(['private']);
    expect(labelsIn(state, 'each[0].q')).toEqual(['private']);
  });

  it('of what goes into a block, which they quote when they stop it', async () => {
    const state = await run(`
  - id: each
    foreach: "\${{ steps.row.output.list }}"
    as: who
    steps:
      - { id: x, foreach: "\${{ [who] }}", rails: { input: [{ check: quoting, action: block }] }, steps: [{ id: i, uses: act }], on_error: continue }
      - { id: y, uses: act, with: { v: "\${{ steps.x.error.message }}" } }`);
    expect(state.steps.get('each[0].x')).toMatchObject({ error: { message: expect.stringContaining('Anna') } });
    expect(labelsIn(state, 'each[0].y')).toEqual(['private']);
  });
});

describe('what is tried again', () => {
  /** The first answer is of a private file, the second of none: what it brings is told of each call by itself. */
  const turns = (): EngineOptions => {
    let calls = 0;
    const answers = ['Anna', 'nobody'];
    return {
      tools: {
        look: {
          labelsOf: (_given, output) => (output === 'Anna' ? { private: ['notes'] } : {}),
          run: () => Promise.resolve(answers[calls++] ?? 'nobody'),
        },
      },
    };
  };
  it('carries what was rejected before it, which its tool was told', async () => {
    const state = await run(
      `  - { id: x, uses: look, gate: { checks: ["output != 'Anna'"], on_fail: [{ repair: 1 }] } }\n${after('${{ steps.x.output }}')}`,
      'data',
      turns(),
    );
    expect(state.steps.get('x')).toMatchObject({ status: 'succeeded', output: { value: 'nobody' } });
    expect(labelsIn(state, 'after')).toEqual(['private']);
  });

  it('carries, where the best of its answers is kept, what that one brought', async () => {
    const state = await run(
      `  - { id: x, uses: look, gate: { checks: [{ grade: {} }], on_fail: [{ repair: 1 }] }, on_error: continue }\n${after('${{ steps.x.output }}')}`,
      'data',
      turns(),
    );
    expect(state.steps.get('x')).toMatchObject({ status: 'failed', output: { value: 'Anna' } });
    expect(labelsIn(state, 'after')).toEqual(['private']);
  });
});

describe('the time at which a wait is over', () => {
  it.each(['for: "${{ steps.row.output.ms }}"', 'until: "${{ steps.row.output.ms }}"'])(
    'carries what said how long it was to be: %s',
    async (wait) => {
      await open();
      const id = await engine.start(
        `telos: 1\nid: t\nsteps:\n  - { id: row, uses: data }\n  - { id: x, wait: { ${wait} } }\n${after('${{ steps.x.output.at }}')}`,
      );
      const state = await driven(engine, id, () => undefined);
      expect(labelsIn(state, 'after')).toEqual(['private']);
    },
  );
});

describe('a signal', () => {
  it('is untrusted, in full and field by field, and so is one that came before anybody waited', async () => {
    await open();
    const yaml = `telos: 1\nid: t\nsteps:\n  - { id: x, wait: { signal: go } }\n${after('${{ steps.x.output.to }}')}`;
    const id = await engine.start(yaml);
    const state = await driven(engine, id, ({ kind }) =>
      kind === 'signal' ? { id: 's', kind: 'signal', name: 'go', payload: { value: { to: 'evil' } } } : undefined,
    );
    expect(labellingIn(state, 'after')).toEqual({ untrusted: ['x'] });
  });
});

describe('another workflow as a step', () => {
  const inner = (steps: string, outputs = ''): string =>
    `telos: 1\nid: inner\ninputs: { who: string, key: { type: string, private: true, default: k } }\nsteps:\n${steps}\n${outputs}`;

  async function withInner(text: string, steps: string): Promise<RunState> {
    await open();
    await engine.publish(text);
    return engine.run(`telos: 1\nid: t\nsteps:\n  - { id: row, uses: data }\n${steps}`);
  }
  const call =
    '  - { id: x, workflow: { id: inner, with: { who: "${{ steps.row.output.name }}" } }, on_error: continue }\n';

  it('tells of what it was given in an error of its own, of its outputs too', async () => {
    const bad = "{'a': 1}[inputs.who]";
    for (const text of [
      inner(`  - { id: i, uses: act, with: { v: "\${{ ${bad} }}" } }`),
      inner(`  - { id: i, uses: act, when: "${bad} > 1" }`),
      inner('  - { id: i, uses: act }', `outputs: { o: "\${{ ${bad} }}" }`),
    ]) {
      const state = await withInner(text, call + after('${{ steps.x.error.message }}'));
      expect(state.steps.get('x')).toMatchObject({ error: { message: expect.stringContaining('Anna') } });
      expect(labelsIn(state, 'after')).toEqual(['private']);
      await engine.close();
    }
    await open();
  });

  it('tells of its own private inputs in an error', async () => {
    const state = await withInner(
      inner('  - { id: i, uses: act }', `outputs: { o: "\${{ {'a': 1}[inputs.key] }}" }`),
      '  - { id: x, workflow: { id: inner, with: { who: me } }, on_error: continue }\n' +
        after('${{ steps.x.error.message }}'),
    );
    expect(labelsIn(state, 'after')).toEqual(['private']);
  });

  it('keeps apart what it was given from what it gives of its own', async () => {
    const state = await withInner(
      inner('  - { id: i, uses: act }', 'outputs: { who: "${{ inputs.who }}", none: "${{ steps.i.output }}" }'),
      call +
        '  - { id: none, uses: act, with: { v: "${{ steps.x.output.none }}" } }\n' +
        after('${{ steps.x.output.who }}'),
    );
    expect(labelsIn(state, 'after')).toEqual(['private']);
    expect(labelsIn(state, 'none')).toEqual([]);
  });
});

describe('a fork', () => {
  const yaml = `telos: 1\nid: t\nsteps:\n  - { id: row, uses: data }\n  - { id: x, uses: note }\n${after('${{ steps.x.output }}')}`;
  const note: EngineOptions = {
    tools: {
      note: { effect: 'write', labelsOf: () => ({ private: ['notes'] }), run: () => Promise.resolve('Anna') },
    },
  };

  async function firstRun(): Promise<{ readonly run: string; readonly events: readonly RunEvent[] }> {
    await open(note);
    const run = await engine.start(yaml);
    await engine.ended(run);
    return { run, events: await engine.events(run) };
  }

  it('that keeps a step with another output keeps what that carries: an edit makes nothing public', async () => {
    const { run, events } = await firstRun();
    const { program } = await engine.ended(run);
    const stored = await engine.store.programs.get(program);
    if (stored === undefined) throw new Error('Its program is not stored.');
    const edited = new Map([['x', { value: 'Anna S.' }]]);
    const how = { at: 1, from: [], outputs: edited };
    const plan = forkOf(loadProgram(stored.program, program), () => undefined, events, how);
    const copied = isForkRefusal(plan) ? [] : plan.more;
    expect(copied).toContainEqual(
      expect.objectContaining({ type: 'step.succeeded', path: 'x', output: { value: 'Anna S.' }, labels: ['private'] }),
    );
  });

  it('for which an effect of the first run stands has what that carried', async () => {
    const { run, events } = await firstRun();
    const kept = events.filter((event) => event.type === 'run.started' || ('path' in event && event.path === 'row'));
    const created = { fork: { run, from: ['x'], sideEffects: 'recorded' as const } };
    const state = await engine.ended(await engine.start(yaml, {}, { created, events: kept }));
    expect(labellingIn(state, 'after')).toEqual({ private: ['notes'] });
  });
});

/** A model that asks for these calls in its first turn, and answers in the next. */
function sayingOnce(toolCalls: readonly ToolCall[]): Models {
  return {
    generate({ messages }) {
      const isDone = messages.some(({ role }) => role === 'tool');
      const said = isDone ? { toolCalls: [], finish: 'stop' as const } : { toolCalls, finish: 'tool_calls' as const };
      return Promise.resolve({ model: 'a/b', text: 'Done.', usage: noUsage, ...said });
    },
    estimate: () => Promise.resolve(noUsage),
    embed: () => Promise.resolve(undefined),
    problem: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
  };
}

describe('a connection whose address is made of an input', () => {
  it('gives what carries that: a stranger who chooses the database writes what is read there', async () => {
    await open({ tools: { 'db.query': { run: () => Promise.resolve({ rows: [] }) } } });
    const yaml = `telos: 1
id: t
inputs: { file: string, table: string }
tools: { mine: { db: { url: "sqlite:\${{ inputs.file }}.db" } } }
steps:
  - { id: x, uses: mine.query, with: { sql: "select 1" } }
${after('${{ steps.x.output.rows }}')}`;
    for (const [input, expected] of [
      ['file', ['untrusted']],
      ['table', []],
    ] as const) {
      const labelling = {
        untrusted: ['webhook /a'],
        fields: { file: {}, table: {}, [input]: { untrusted: ['webhook /a'] } },
      };
      const created = { labels: ['untrusted' as const], labelling };
      const run = await engine.start(yaml, { file: 'a', table: 'b' }, { created });
      expect(labelsIn(await engine.ended(run), 'after')).toEqual(expected);
    }
  });

  it('is none of the calls of an agent that go by another', async () => {
    const calls = [
      { id: 'a', name: 'open.query', input: { sql: 'select 1' } },
      { id: 'b', name: 'mine.query', input: { sql: 'select 1' } },
      { id: 'c', name: 'look', input: { at: 'b' } },
      // It is not known whether it takes what the model may have named.
      { id: 'd', name: 'find', input: { connection: 'mine' } },
    ];
    const models = sayingOnce(calls);
    await open({
      models,
      tools: {
        'db.query': { run: () => Promise.resolve({ rows: [] }) },
        look: { input: z.strictObject({ at: z.string() }), run: () => Promise.resolve('b') },
        find: { input: z.looseObject({}), run: () => Promise.resolve('b') },
      },
    });
    const yaml = `telos: 1
id: t
inputs: { file: { type: string, private: true } }
tools: { mine: { db: { url: "sqlite:\${{ inputs.file }}.db" } }, open: { db: { url: "sqlite:open.db" } } }
steps: [{ id: ask, agent: { input: Look., model: a/b, tools: [open.query, mine.query, look, find] } }]`;
    const state = await engine.ended(await engine.start(yaml, { file: 'a' }));
    const carried = [1, 2, 3, 4].map((n) => labelsIn(state, `ask#2.call_${n}`));
    expect(carried).toEqual([[], ['private'], [], ['private']]);
    // Rules on a connection are held against calls that go by it.
    const rule = 'permissions: { deny: [{ uses: mine.query, with: { sql: "*" } }] }\nsteps:';
    const ruled = await engine.ended(await engine.start(yaml.replace('steps:', rule), { file: 'a' }));
    expect([1, 2, 3, 4].map((n) => ruled.steps.get(`ask#2.call_${n}`)?.status)).toEqual([
      'succeeded',
      'failed',
      'succeeded',
      'succeeded',
    ]);
  });
});
