import { describe, expect, it } from 'vitest';
import { briefFaults, faultsOf } from '../../testing/sample-catalog.ts';
import { compiledStep, oneStep, stepAfterFirst } from '../../testing/written.ts';

const approve = (keys: string) => compiledStep(stepAfterFirst(`approve: { ${keys} }`), 'approve');

describe('an approval', () => {
  it('asks anybody, shows nothing and waits without end unless it says otherwise', () => {
    const step = approve('');
    expect(step).toMatchObject({ who: [], show: null, onTimeout: 'fail' });
    expect(step).not.toHaveProperty('form');
    expect(step).not.toHaveProperty('approvalTimeoutMs');
  });

  it('names who decides, what they see, and what follows when nobody does', () => {
    const step = approve('who: [editors, ann], show: "${{ steps.first.output }}", timeout: 1d, on_timeout: reject');
    expect(step).toMatchObject({
      who: ['editors', 'ann'],
      show: '${{ steps.first.output }}',
      approvalTimeoutMs: 86_400_000,
      onTimeout: 'reject',
      reads: ['first'],
    });
    expect(approve('who: editors').who).toEqual(['editors']);
  });

  it.each([
    ['who: []', '5:21 INVALID_VALUE steps[0].approve.who'],
    ['on_timeout: approve', '5:16 MISSING_KEY steps[0].approve.on_timeout'],
    ['timeout: 1d, on_timeout: continue', '5:41 INVALID_VALUE steps[0].approve.on_timeout'],
    ['show: "${{ steps.b.output }}"', '5:27 UNKNOWN_STEP steps[0].approve.show'],
    ['show: "${{ secrets.KEY }}"', '5:27 SECRET_MISPLACED steps[0].approve.show'],
    ['form: 3', '5:22 SCHEMA_INVALID steps[0].approve.form'],
  ])('with %s is refused at its place', (keys, fault) => {
    expect(briefFaults(oneStep(`approve: { ${keys} }`))).toEqual([fault]);
  });

  it.each(['retry: 3', 'gate: { pass: "true" }', 'timeout: 2m'])('cannot have %s beside it', (policy) => {
    expect(faultsOf(oneStep(`approve: {}\n${policy}`))).toMatchObject([{ code: 'UNKNOWN_KEY', line: 6, column: 5 }]);
  });
});

describe('the form of an approval', () => {
  it('is a JSON Schema', () => {
    const schema = '{ type: object, properties: { note: { type: string } }, required: [note] }';
    expect(approve(`form: ${schema}`).form).toEqual({
      type: 'object',
      properties: { note: { type: 'string' } },
      required: ['note'],
    });
    expect(approve('form: {}').form).toEqual({});
    expect(approve('form: { enum: [yes, no] }').form).toEqual({ enum: ['yes', 'no'] });
  });

  it('may be written as its fields, as inputs are', () => {
    const fields = 'verdict: { type: string, enum: [good, bad] }, note: { type: string, default: none }, title: string';
    expect(approve(`form: { ${fields} }`).form).toEqual({
      type: 'object',
      properties: {
        verdict: { type: 'string', enum: ['good', 'bad'] },
        note: { type: 'string', default: 'none' },
        title: { type: 'string' },
      },
      required: ['verdict', 'title'],
      additionalProperties: false,
    });
  });

  it.each([
    ['{ note: text }', '5:30 INVALID_VALUE steps[0].approve.form.note'],
    ['{ note: { type: text } }', '5:38 INVALID_VALUE steps[0].approve.form.note.type'],
    ['{ note: { type: integer, default: x } }', '5:56 INVALID_VALUE steps[0].approve.form.note.default'],
    ['{ Note: string }', '5:24 INVALID_VALUE steps[0].approve.form.Note'],
    ['{ note: 3 }', '5:30 WRONG_TYPE steps[0].approve.form.note'],
    ['{ note: { type: string, private: true } }', '5:46 UNKNOWN_KEY steps[0].approve.form.note.private'],
    ['{ type: strnig }', '5:22 SCHEMA_INVALID steps[0].approve.form'],
    ['{ note: { type: string, default: "${{ run.id }}" } }', '5:22 SCHEMA_INVALID steps[0].approve.form'],
  ])('%s is refused at its place', (form, fault) => {
    expect(briefFaults(oneStep(`approve: { form: ${form} }`))).toEqual([fault]);
  });
});

describe('a gate that asks a person', () => {
  const gated = (approve: string) =>
    oneStep(`uses: transform\nwith: { value: 1 }\ngate: { pass: "true", on_fail: [{ approve: ${approve} }] }`);

  it.each([
    ['[editors, ann]', ['editors', 'ann']],
    ['editors', ['editors']],
    ['true', []],
  ])('approve: %s', (written, who) => {
    expect(compiledStep(gated(written), 'action').gate?.onFail).toEqual([{ do: 'approve', who }]);
  });

  it('names somebody, or says true', () => {
    expect(briefFaults(gated('false'))).toEqual(['7:48 WRONG_TYPE steps[0].gate.on_fail[0].approve']);
    expect(briefFaults(gated('[]'))).toEqual(['7:48 INVALID_VALUE steps[0].gate.on_fail[0].approve']);
  });
});
