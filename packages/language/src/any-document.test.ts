import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleCatalog } from './testing/sample-catalog.ts';
import { canonicalJson, compile, loadProgram } from './index.ts';

const keys = (
  'id uses with steps foreach as yield parallel switch when else needs loop state until max next index approve who show form ' +
  'timeout on_timeout wait for signal schema workflow plan objective agent best_of map_reduce map reduce over ' +
  'retry errors gate checks judge pass on_fail repair escalate fallback rails budget usd tokens wall on_exceeded cache effect ' +
  'idempotency_key compensate probe found queue on_error trust match limits concurrency key when_full triggers schedule cron ' +
  'timezone missed inputs webhook path dedupe signature secret header permissions allow ask deny evaluators tools db url type default required private'
).split(' ');
const words = [
  ...'a b flow transform http.request llm db.query any fail continue quarantine string read'.split(' '),
  ...'10m|2027-01-31T09:00:00Z|* * * * *|0 0 L * FRI#2|Europe/Paris|/hook|x.*|true||@daily|1 1 1 1|state.a > 1'.split(
    '|',
  ),
  ...'steps.a.output|state.a|event.body|error|inputs.a|1 +|secrets.A'.split('|').map((text) => `\${{ ${text} }}`),
  '${{ 1 +',
];

const { value } = fc.letrec<{ value: unknown; map: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    fc.oneof(fc.constantFrom(...words), fc.constantFrom(null, true, false, 0, 1, -1, 2.5, 1e9)),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('map'),
    tie('map'),
  ),
  map: fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 6 }),
}));

const step = fc
  .dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 })
  .chain((more) =>
    fc
      .constantFrom<{ readonly [key: string]: unknown }>(
        { uses: 'transform', with: { value: 1 } },
        { uses: 'http.request', with: { method: 'POST', url: 'https://example.org' } },
        { loop: { max: 2 }, steps: [{ id: 'c', uses: 'transform', with: { value: 1 } }] },
        { wait: { signal: 'a' } },
        { approve: {} },
        { workflow: { id: 'other' } },
      )
      .map((shape) => ({ id: 'a', ...shape, ...more })),
  );

const document = fc
  .tuple(
    fc.array(step, { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom('limits', 'triggers', 'catch', 'finally', 'inputs', 'permissions', 'tools', 'vars', 'outputs'),
      value,
      {
        maxKeys: 4,
      },
    ),
  )
  .map(([steps, rest]) => ({
    telos: 1,
    id: 'flow',
    steps: steps.map((one, index) => ({ ...one, id: `s${index}` })),
    ...rest,
  }));

describe('compile', () => {
  it.each(['workflow', 'plan'] as const)(
    'answers with a program or with placed faults, whatever a %s holds',
    (subset) => {
      let compiled = 0;
      fc.assert(
        fc.property(document, (written) => {
          const result = compile(JSON.stringify(written), { catalog: sampleCatalog, subset });
          if (result.ok) {
            compiled++;
            const { canonical, program, hash } = result.compiled;
            expect(canonicalJson(program)).toBe(canonical);
            expect(loadProgram(JSON.parse(canonical), hash)).toEqual(program);
          } else {
            expect(result.faults.length).toBeGreaterThan(0);
            expect(result.faults.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
          }
        }),
        { numRuns: 1500 },
      );
      expect(compiled).toBeGreaterThan(0);
    },
  );
});
