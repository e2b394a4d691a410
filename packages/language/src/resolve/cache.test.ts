import { describe, expect, it } from 'vitest';
import { briefFaults, faultsOf } from '../testing/sample-catalog.ts';
import { compiledStep, oneStep, stepAfterFirst, workflow } from '../testing/written.ts';

const search = 'uses: web.search\nwith: { query: tea }';
const cached = (cache: string) => compiledStep(stepAfterFirst(`${search}\ncache: ${cache}`), 'action');

describe('cache on a step', () => {
  it('is a time for short, and then that of its workflow', () => {
    expect(cached('1h').cache).toEqual({ ttlMs: 3_600_000, scope: 'workflow' });
    expect(cached('{ ttl: 1h }').cache).toEqual({ ttlMs: 3_600_000, scope: 'workflow' });
  });

  it('may reach as far as the namespace, and have a key that sees what the step sees', () => {
    const step = cached('{ ttl: 30m, scope: namespace, key: "${{ steps.first.output }}" }');
    expect(step).toMatchObject({
      reads: ['first'],
      cache: { ttlMs: 1_800_000, scope: 'namespace', key: '${{ steps.first.output }}' },
    });
  });

  it.each([
    ['a request that reads', 'uses: http.request\nwith: { url: "https://example.org/${{ steps.first.output }}" }'],
    ['a model', 'uses: llm\nwith: { prompt: Hi }'],
    ['a query', 'uses: db.query\nwith: { connection: sales, sql: select 1 }'],
  ])('stands beside %s', (_title, keys) => {
    const source = stepAfterFirst(`${keys}\ncache: 1h`).replace(
      'steps:',
      'tools: { sales: { db: { url: "sqlite:x" } } }\nsteps:',
    );
    expect(compiledStep(source, 'action').cache).toBeDefined();
  });

  it.each([
    ['no time', `${search}\ncache: { scope: namespace }`, '7:12 MISSING_KEY steps[0].cache.ttl'],
    ['no time at all', `${search}\ncache: 0s`, '7:5 INVALID_VALUE steps[0].cache'],
    ['what is no time', `${search}\ncache: true`, '7:12 WRONG_TYPE steps[0].cache'],
    ['an unknown scope', `${search}\ncache: { ttl: 1h, scope: all }`, '7:30 INVALID_VALUE steps[0].cache.scope'],
    ['an unknown key', `${search}\ncache: { ttl: 1h, kye: a }`, '7:23 UNKNOWN_KEY steps[0].cache.kye'],
    [
      'a key that reads a step that comes later',
      `${search}\ncache: { ttl: 1h, key: "\${{ steps.b.output }}" }`,
      '7:33 UNKNOWN_STEP steps[0].cache.key',
    ],
    [
      'a call that writes',
      'uses: http.request\nwith: { method: POST, url: x }\ncache: 1h',
      '7:5 INVALID_VALUE steps[0].cache',
    ],
    [
      'a call of which nobody can tell whether it writes',
      'uses: http.request\nwith: { method: "${{ run.id }}", url: x }\ncache: 1h',
      '7:5 INVALID_VALUE steps[0].cache',
    ],
    ['a stricter effect', `${search}\neffect: write\ncache: 1h`, '8:5 INVALID_VALUE steps[0].cache'],
    [
      'rails that replace what it gives',
      `${search}\nrails: { output: [{ pii: redact }] }\ncache: 1h`,
      '8:5 INVALID_VALUE steps[0].cache',
    ],
  ])('with %s is refused at its place', (_title, keys, fault) => {
    expect(briefFaults(oneStep(keys))[0]).toBe(fault);
  });

  it('says of a write what it is, and why it is not left out', () => {
    expect(faultsOf(oneStep('uses: http.request\nwith: { method: POST, url: x }\ncache: 1h'))).toMatchObject([
      { message: expect.stringContaining('the effect of `http.request` here is `write`') },
    ]);
  });

  it('is refused where rails around the step replace what tools give', () => {
    const body = `steps:
  - id: a
    foreach: [1]
    rails: { tool_result: [{ pii: redact }] }
    steps:
      - { id: b, uses: web.search, with: { query: tea }, cache: 1h }`;
    expect(briefFaults(workflow(body))).toEqual(['8:58 INVALID_VALUE steps[0].steps[0].cache']);
  });

  it('may stand beside rails that block, flag, or only watch', () => {
    const rails = 'rails: { tool_result: [injection], output: [{ pii: flag }] }';
    expect(compiledStep(stepAfterFirst(`${search}\n${rails}\ncache: 1h`), 'action').cache).toBeDefined();
  });

  it('belongs to actions', () => {
    const keys = 'foreach: [1]\nsteps: [{ id: b, uses: transform, with: { value: 1 } }]\ncache: 1h';
    expect(faultsOf(oneStep(keys))).toMatchObject([{ code: 'UNKNOWN_KEY', hint: 'put it on the steps inside' }]);
  });

  it('is not for plans', () => {
    expect(briefFaults(oneStep(`${search}\ncache: 1h`), { subset: 'plan' })).toEqual([
      '7:5 NOT_IN_PLAN steps[0].cache',
    ]);
  });
});
