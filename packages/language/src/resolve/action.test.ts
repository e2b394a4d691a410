import { describe, expect, it } from 'vitest';
import { briefFaults, compiled, faultsOf } from '../testing/sample-catalog.ts';
import { compiledStep, oneStep, stepAfterFirst, workflow } from '../testing/written.ts';

const written = 'uses: http.request\nwith: { method: POST, url: "https://example.org" }';
const after = (keys: string) => compiledStep(stepAfterFirst(`${written}\n${keys}`), 'action');

describe('what undoes a step', () => {
  it('sees what the step sees, and the step itself', () => {
    const undo =
      'uses: http.request, with: { method: DELETE, url: "${{ steps.a.output.headers.location }}${{ steps.first.output }}" }';
    expect(after(`compensate: { ${undo} }`)).toMatchObject({
      reads: [],
      compensate: {
        uses: 'http.request',
        with: { method: 'DELETE', url: '${{ steps.a.output.headers.location }}${{ steps.first.output }}' },
        reads: ['a', 'first'],
      },
    });
  });

  it('may use a connection and its secrets, and is required by the program', () => {
    const source = workflow(`tools: { sales: { db: { url: "sqlite:x" } } }
steps:
  - id: a
    uses: transform
    with: { value: 1 }
    compensate: { uses: sales.query, with: { sql: select 1 } }
    probe: { uses: http.request, with: { url: x, headers: { a: "\${{ secrets.KEY }}" } }, found: output.status == 200 }`);
    const { program } = compiled(source);
    expect(program.steps).toMatchObject([
      { compensate: { uses: 'db.query', with: { connection: 'sales', sql: 'select 1' } } },
    ]);
    expect(program.requires).toMatchObject({ tools: ['db.query', 'http.request', 'transform'], secrets: ['KEY'] });
  });

  it.each([
    ['an unknown tool', 'compensate: { uses: transfrom }', '7:25 UNKNOWN_TOOL steps[0].compensate.uses'],
    ['no tool', 'compensate: { with: {} }', '7:17 MISSING_KEY steps[0].compensate.uses'],
    [
      'a parameter that its tool does not take',
      'compensate: { uses: transform, with: { value: 1, vlaue: 2 } }',
      '7:54 TOOL_INPUT steps[0].compensate.with.vlaue',
    ],
    [
      'a step that comes later',
      'compensate: { uses: transform, with: { value: "${{ steps.b.output }}" } }',
      '7:56 UNKNOWN_STEP steps[0].compensate.with.value',
    ],
    [
      'an unknown key',
      'compensate: { uses: transform, with: { value: 1 }, wiht: {} }',
      '7:56 UNKNOWN_KEY steps[0].compensate.wiht',
    ],
  ])('with %s is refused at its place', (_title, keys, fault) => {
    expect(briefFaults(oneStep(`${written}\n${keys}`))[0]).toBe(fault);
  });
});

describe('a probe', () => {
  const probe = (rest: string) => oneStep(`${written}\nprobe: { ${rest} }`);

  it('finds out, over its own output, whether a write took effect', () => {
    const keys =
      'probe: { uses: http.request, with: { method: GET, url: "${{ steps.first.output }}" }, found: output.status == 200 && inputs == inputs }';
    expect(after(keys).probe).toEqual({
      uses: 'http.request',
      with: { method: 'GET', url: '${{ steps.first.output }}' },
      found: 'output.status == 200 && inputs == inputs',
      reads: ['first'],
    });
  });

  it.each([
    ['says nothing', 'uses: http.request, with: { url: x }', '7:12 MISSING_KEY steps[0].probe.found'],
    [
      'writes',
      'uses: http.request, with: { method: POST, url: x }, found: "true"',
      '7:20 INVALID_VALUE steps[0].probe.uses',
    ],
    [
      'may write',
      'uses: http.request, with: { method: "${{ inputs.verb }}", url: x }, found: "true"',
      '7:20 INVALID_VALUE steps[0].probe.uses',
    ],
    [
      'reads its own step, which has not ended',
      'uses: http.request, with: { url: "${{ steps.a.output }}" }, found: "true"',
      '7:52 NOT_AN_ANCESTOR steps[0].probe.with.url',
    ],
    [
      'is not boolean',
      'uses: http.request, with: { url: x }, found: size("abc")',
      '7:59 NOT_BOOLEAN steps[0].probe.found',
    ],
  ])('that %s is refused at its place', (_title, rest, fault) => {
    expect(briefFaults(probe(rest)).filter((found) => !found.includes('UNKNOWN_INPUT'))).toEqual([fault]);
  });
});

describe('what belongs to actions', () => {
  it('names the queue that a step runs on', () => {
    expect(after('queue: gpu').queue).toBe('gpu');
    expect(briefFaults(oneStep(`${written}\nqueue: "a b"`))).toEqual(['7:12 INVALID_VALUE steps[0].queue']);
  });

  it.each(['compensate: { uses: transform }', 'probe: { uses: transform, found: "true" }', 'queue: gpu'])(
    'is refused on a block, with where to put it: %s',
    (policy) => {
      const keys = `foreach: [1]\nsteps: [{ id: b, uses: transform, with: { value: 1 } }]\n${policy}`;
      expect(faultsOf(oneStep(keys))).toMatchObject([
        { code: 'UNKNOWN_KEY', line: 7, column: 5, hint: 'put it on the steps inside' },
      ]);
    },
  );

  it('is not for plans to undo or probe', () => {
    const keys = `${written}\ncompensate: { uses: transform, with: { value: 1 } }\nprobe: { uses: transform, with: { value: 1 }, found: "true" }`;
    expect(briefFaults(oneStep(keys), { subset: 'plan' })).toEqual([
      '7:5 NOT_IN_PLAN steps[0].compensate',
      '8:5 NOT_IN_PLAN steps[0].probe',
    ]);
  });
});

describe('any step', () => {
  it('may leave its failure to a person', () => {
    expect(after('on_error: quarantine').onError).toBe('quarantine');
    expect(after('').onError).toBe('fail');
  });

  it('may have a budget, also as a block', () => {
    expect(after('budget: { usd: 0.5, tokens: 10k, wall: 5m, on_exceeded: pause }').budget).toEqual({
      usd: 0.5,
      tokens: 10_000,
      wallMs: 300_000,
      onExceeded: 'pause',
    });
    const block =
      'foreach: [1]\nbudget: { calls: 3 }\ntimeout: 1m\nsteps: [{ id: b, uses: transform, with: { value: 1 } }]';
    expect(compiledStep(oneStep(block), 'foreach')).toMatchObject({
      budget: { calls: 3, onExceeded: 'fail' },
      timeoutMs: 60_000,
    });
  });
});

describe('permissions.ask', () => {
  const asking = (globs: string, more = '') =>
    workflow(`permissions: { ask: [${globs}]${more} }
tools: { sales: { db: { url: "sqlite:x" } } }
steps:
  - { id: a, uses: sales.query, with: { sql: select 1 } }
  - { id: b, uses: transform, with: { value: 1 } }`);
  const asked = (source: string) =>
    compiled(source).program.steps.flatMap((step) => (step.kind === 'action' && step.asks === true ? [step.id] : []));

  it.each([
    ['"sales.*"', ['a']],
    ['"db.*"', ['a']],
    ['transform, "web.*"', ['b']],
    ['"*"', ['a', 'b']],
  ])('%s marks the actions whose tool has that name, on either side of its connection', (globs, steps) => {
    expect(asked(asking(globs))).toEqual(steps);
  });

  it('gives way to deny, and leaves allow as it is', () => {
    expect(briefFaults(asking('transform', ', deny: [transform]'))).toEqual(['7:20 TOOL_DENIED steps[1].uses']);
    expect(asked(asking('transform', ', allow: [transform]'))).toEqual(['b']);
  });

  it('cannot be met by what undoes a step or probes it', () => {
    const source = workflow(`permissions: { ask: [transform] }
steps:
  - id: a
    uses: web.search
    with: { query: x }
    compensate: { uses: transform, with: { value: 1 } }
    probe: { uses: transform, with: { value: 1 }, found: "true" }`);
    expect(briefFaults(source)).toEqual([
      '8:25 UNSUPPORTED steps[0].compensate.uses',
      '9:20 UNSUPPORTED steps[0].probe.uses',
    ]);
  });

  it('holds for a plan too, as the workflow around it has it', () => {
    const source = oneStep('uses: transform\nwith: { value: 1 }');
    const permissions = { ask: ['trans*'], deny: [] };
    expect(compiled(source, { subset: 'plan', permissions }).program.steps).toMatchObject([{ asks: true }]);
    expect(briefFaults(source, { subset: 'plan', permissions: { ask: [], deny: ['trans*'] } })).toEqual([
      '5:11 TOOL_DENIED steps[0].uses',
    ]);
  });
});

describe('a secret', () => {
  it.each([
    ['transform', 'value: { with: { headers: "${{ secrets.KEY }}" } }'],
    ['http.request', 'url: x, body: { with: { auth: "${{ secrets.KEY }}" } }'],
  ])('is refused under a key named `with` in the data of %s', (uses, data) => {
    expect(faultsOf(oneStep(`uses: ${uses}\nwith: { ${data} }`))).toMatchObject([{ code: 'SECRET_MISPLACED' }]);
  });
});
