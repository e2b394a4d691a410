import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const workflow = (body: string): string => `telos: 1\nid: t\n${body}`;

describe('the order of steps', () => {
  it('runs a list as a sequence, each step seeing what the ones before it gave', async () => {
    engine = await openEngine({ tools: { add: ({ a, b }) => Number(a) + Number(b) } });
    const state = await engine.run(
      workflow(`
inputs: { n: integer }
steps:
  - { id: one, uses: add, with: { a: "\${{ inputs.n }}", b: 1 } }
  - { id: two, uses: add, with: { a: "\${{ steps.one.output }}", b: 10 } }
outputs: { sum: "\${{ steps.two.output }}", text: "is \${{ steps.two.output }}" }
`),
      { n: 5 },
    );
    expect(outputsOf(state)).toEqual({ sum: 16, text: 'is 16' });
  });

  it('runs steps without an edge between them side by side', async () => {
    const both = { left: createLatch(), right: createLatch() };
    engine = await openEngine({
      tools: {
        left: async () => {
          both.left.open();
          await both.right.reached;
          return 'l';
        },
        right: async () => {
          both.right.open();
          await both.left.reached;
          return 'r';
        },
      },
    });
    const state = await engine.run(
      workflow(`
steps:
  - { id: a, uses: left, needs: [] }
  - { id: b, uses: right, needs: [] }
outputs: { both: "\${{ steps.a.output + steps.b.output }}" }
`),
    );
    expect(outputsOf(state)).toEqual({ both: 'lr' });
  });

  it('skips a step whose `when` is false, and goes on after it', async () => {
    const ran: string[] = [];
    engine = await openEngine({ tools: { mark: ({ name }) => ran.push(JSON.stringify(name)) } });
    const state = await engine.run(
      workflow(`
inputs: { go: boolean }
steps:
  - { id: a, uses: mark, with: { name: a }, when: inputs.go }
  - { id: b, uses: mark, with: { name: b } }
outputs: { a: "\${{ steps.a.status }}", b: "\${{ steps.b.status }}" }
`),
      { go: false },
    );
    expect(outputsOf(state)).toEqual({ a: 'skipped', b: 'succeeded' });
    expect(ran).toEqual(['"b"']);
  });

  it('takes the first case of a switch that holds, and skips a switch when none does', async () => {
    engine = await openEngine({ tools: { say: ({ word }) => word ?? null } });
    const source = workflow(`
inputs: { kind: string }
steps:
  - id: route
    switch:
      - { when: "inputs.kind == 'a'", steps: [{ id: answer, uses: say, with: { word: first } }] }
      - { when: "inputs.kind == 'b'", steps: [{ id: answer, uses: say, with: { word: second } }] }
outputs: { said: "\${{ steps.route.output }}", status: "\${{ steps.route.status }}" }
`);
    expect(outputsOf(await engine.run(source, { kind: 'b' }))).toEqual({ said: 'second', status: 'succeeded' });
    expect(outputsOf(await engine.run(source, { kind: 'c' }))).toEqual({ said: null, status: 'skipped' });
  });

  it('gives each branch of a parallel under its name', async () => {
    engine = await openEngine({ tools: { say: ({ word }) => word ?? null } });
    const state = await engine.run(
      workflow(`
steps:
  - id: both
    parallel:
      left: [{ id: x, uses: say, with: { word: 1 } }, { id: y, uses: say, with: { word: "\${{ steps.x.output }}" } }]
      right: [{ id: x, uses: say, with: { word: 2 } }]
outputs: { both: "\${{ steps.both.output }}" }
`),
    );
    expect(outputsOf(state)).toEqual({ both: { left: 1, right: 2 } });
  });
});

describe('a foreach', () => {
  const squares = (more: string): string =>
    workflow(`
inputs: { list: { type: array } }
steps:
  - id: each
    foreach: \${{ inputs.list }}
    as: n
    ${more}
    steps:
      - { id: first, uses: act, with: { n: "\${{ n }}", index: "\${{ index }}" } }
outputs: { each: "\${{ steps.each.output }}" }
`);

  it('gives the last output of each item, in order, whatever finished first', async () => {
    const last = createLatch();
    engine = await openEngine({
      tools: {
        act: async ({ n, index }) => {
          if (index === 0) await last.reached;
          if (index === 2) last.open();
          return Number(n) * Number(n);
        },
      },
    });
    expect(outputsOf(await engine.run(squares('max_parallel: 3'), { list: [3, 4, 5] }))).toEqual({ each: [9, 16, 25] });
  });

  it('never has more than max_parallel items under way', async () => {
    let now = 0;
    let most = 0;
    engine = await openEngine({
      tools: {
        act: async () => {
          most = Math.max(most, ++now);
          await new Promise(setImmediate);
          now -= 1;
          return null;
        },
      },
    });
    await engine.run(squares('max_parallel: 2'), { list: [...Array(20).keys()] });
    expect(most).toBe(2);
  });

  it('gives an empty list for an empty list', async () => {
    engine = await openEngine({ tools: { act: () => 1 } });
    expect(outputsOf(await engine.run(squares(''), { list: [] }))).toEqual({ each: [] });
  });

  it.each([
    ['collect', [1, { error: expect.objectContaining({ message: 'no twos', path: 'each[1].first' }) }, 3]],
    ['skip', [1, 3]],
  ])('does not end with one bad item: on_item_error: %s lets the others go on', async (mode, expected) => {
    engine = await openEngine({
      tools: {
        act: ({ n }) => {
          if (n === 2) throw new Error('no twos');
          return n ?? null;
        },
      },
    });
    expect(outputsOf(await engine.run(squares(`on_item_error: ${mode}`), { list: [1, 2, 3] }))).toEqual({
      each: expected,
    });
  });

  it('with on_item_error: fail names the item in the error, and aborts the items beside it', async () => {
    const aborted: unknown[] = [];
    engine = await openEngine({
      tools: {
        act: ({ n }, { signal }) => {
          if (n === 2) throw new Error('no twos');
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              aborted.push(n);
              reject(new Error('aborted'));
            });
          });
        },
      },
    });
    const state = await engine.run(squares('on_item_error: fail'), { list: [1, 2, 3] });
    expect(state.phase).toMatchObject({ status: 'failed', error: { path: 'each[1].first', message: 'no twos' } });
    expect(aborted).toEqual([1, 3]);
    expect(state.steps.get('each[0].first')?.status).toBe('cancelled');
  });

  it('nests, and sees the items of the loops around it', async () => {
    engine = await openEngine({ tools: { act: ({ text }) => text ?? null } });
    const state = await engine.run(
      workflow(`
steps:
  - id: outer
    foreach: "\${{ [1, 2] }}"
    as: a
    steps:
      - id: inner
        foreach: "\${{ ['x', 'y'] }}"
        as: b
        steps:
          - { id: leaf, uses: act, with: { text: "\${{ a }}\${{ b }}\${{ index }}" } }
outputs: { all: "\${{ steps.outer.output }}" }
`),
    );
    expect(outputsOf(state)).toEqual({
      all: [
        ['1x0', '1y1'],
        ['2x0', '2y1'],
      ],
    });
  });

  it('fails with a sentence when it is given something that is no list', async () => {
    engine = await openEngine({ tools: { act: () => 1 } });
    const state = await engine.run(
      workflow(`
steps:
  - { id: text, uses: act }
  - { id: each, foreach: "\${{ steps.text.output }}", steps: [{ id: one, uses: act }] }
`),
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_FAILED', path: 'each' } });
  });
});
