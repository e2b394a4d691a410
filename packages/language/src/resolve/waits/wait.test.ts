import { describe, expect, it } from 'vitest';
import { briefFaults, faultsOf } from '../../testing/sample-catalog.ts';
import { compiledStep, oneStep, stepAfterFirst } from '../../testing/written.ts';

const wait = (keys: string) => compiledStep(stepAfterFirst(`wait: { ${keys} }`), 'wait');

describe('a wait', () => {
  it.each([
    ['for: 10m', { for: 'duration', ms: 600_000 }],
    ['for: "${{ steps.first.output }}"', { for: 'duration', ms: '${{ steps.first.output }}' }],
    ['for: "${{ steps.first.output }}m"', { for: 'duration', ms: '${{ steps.first.output }}m' }],
    ['until: 2027-01-31T09:00:00Z', { for: 'instant', at: '2027-01-31T09:00:00.000Z' }],
    ['until: "2027-01-31T09:00+01:00"', { for: 'instant', at: '2027-01-31T08:00:00.000Z' }],
    ['until: "${{ steps.first.output }}"', { for: 'instant', at: '${{ steps.first.output }}' }],
    ['signal: paid', { for: 'signal', name: 'paid', onTimeout: 'fail' }],
    [
      'signal: paid, schema: { type: object }, timeout: 2d, on_timeout: continue',
      { for: 'signal', name: 'paid', schema: { type: 'object' }, timeoutMs: 172_800_000, onTimeout: 'continue' },
    ],
  ])('with %s compiles', (keys, expected) => {
    expect(wait(keys).wait).toEqual(expected);
  });

  it('notes which steps its time comes from', () => {
    expect(wait('for: "${{ steps.first.output }}"').reads).toEqual(['first']);
  });

  it('takes the schema of a signal from a file', () => {
    const source = oneStep('wait: { signal: paid, schema: ./paid.json }');
    expect(briefFaults(source, { readFile: () => '{ "type": "object" }' })).toEqual([]);
    expect(briefFaults(source)).toEqual(['5:35 FILE_MISSING steps[0].wait.schema']);
  });

  it.each([
    ['for nothing', 'wait: {}', '5:11 MISSING_KEY steps[0].wait'],
    ['for two things', 'wait: { for: 1m, signal: paid }', '5:22 INVALID_VALUE steps[0].wait.signal'],
    ['for a time in words', 'wait: { for: ten minutes }', '5:18 INVALID_VALUE steps[0].wait.for'],
    ['for a bare number', 'wait: { for: 600 }', '5:18 WRONG_TYPE steps[0].wait.for'],
    ['for longer than a life', 'wait: { for: 40000d }', '5:18 INVALID_VALUE steps[0].wait.for'],
    ['until a day without a time', 'wait: { until: 2027-01-31 }', '5:20 INVALID_VALUE steps[0].wait.until'],
    ['until a time without a zone', 'wait: { until: "2027-01-31T09:00:00" }', '5:20 INVALID_VALUE steps[0].wait.until'],
    ['until a day that is none', 'wait: { until: "2027-13-31T09:00:00Z" }', '5:20 INVALID_VALUE steps[0].wait.until'],
    ['for a signal without a name', 'wait: { signal: "${{ run.id }}" }', '5:21 INVALID_VALUE steps[0].wait.signal'],
    [
      'whose payload has no schema',
      'wait: { signal: paid, schema: { type: strnig } }',
      '5:35 SCHEMA_INVALID steps[0].wait.schema',
    ],
    [
      'whose schema holds an expression',
      'wait: { signal: paid, schema: { const: "${{ run.id }}" } }',
      '5:35 SCHEMA_INVALID steps[0].wait.schema',
    ],
    ['for a time that may time out', 'wait: { for: 1m, timeout: 2m }', '5:22 UNKNOWN_KEY steps[0].wait.timeout'],
    ['for a time with a schema', 'wait: { for: 1m, schema: {} }', '5:22 UNKNOWN_KEY steps[0].wait.schema'],
    [
      'that never times out but says what follows',
      'wait: { signal: paid, on_timeout: continue }',
      '5:27 MISSING_KEY steps[0].wait.on_timeout',
    ],
    [
      'for a time that another step need not have given yet',
      'wait: { for: "${{ steps.b.output }}" }',
      '5:23 UNKNOWN_STEP steps[0].wait.for',
    ],
  ])('%s is refused at its place', (_title, keys, fault) => {
    expect(briefFaults(oneStep(keys))).toEqual([fault]);
  });

  it.each([
    ['steps.plan.output.at', 'write until: ${{ steps.plan.output.at }}'],
    ['next Monday', 'such as 2027-01-31T09:00:00Z or 2027-01-31T09:00:00+01:00'],
  ])('until `%s` is told what to write', (until, hint) => {
    expect(faultsOf(oneStep(`wait: { until: "${until}" }`))[0]?.hint).toBe(hint);
  });

  it.each([
    ['retry: 3', 'retry', 'comes once'],
    ['gate: { pass: "true" }', 'gate', 'the next step'],
    ['timeout: 2m', 'timeout', 'it goes inside'],
  ])('cannot have %s beside it, and says where it belongs', (policy, key, hint) => {
    expect(faultsOf(oneStep(`wait: { signal: paid }\n${policy}`))).toMatchObject([
      { code: 'UNKNOWN_KEY', line: 6, column: 5, path: `steps[0].${key}`, hint: expect.stringContaining(hint) },
    ]);
  });

  it('may be skipped, go on after a failure, and vouch for what comes', () => {
    const source = oneStep('when: "true"\nwait: { signal: paid, timeout: 1d }\non_error: continue\ntrust: trusted');
    expect(compiledStep(source, 'wait')).toMatchObject({ when: 'true', onError: 'continue', trust: 'trusted' });
  });
});
