import { describe, expect, it } from 'vitest';
import { briefFaults, compiled } from '../../testing/sample-catalog.ts';
import { compiledStep, oneStep, stepAfterFirst, workflow } from '../../testing/written.ts';

describe('a workflow as a step', () => {
  it('is required by the program, with what it is given', () => {
    const source = stepAfterFirst('workflow: { id: other, with: { topic: "${{ steps.first.output }}", n: 3 } }');
    expect(compiledStep(source, 'workflow')).toMatchObject({
      workflow: 'other',
      with: { topic: '${{ steps.first.output }}', n: 3 },
      reads: ['first'],
    });
    expect(compiled(source).program.requires.workflows).toEqual(['other']);
  });

  it('is told once, however many steps and handlers run it', () => {
    const source = workflow(
      'steps: [{ id: b, workflow: { id: two } }, { id: c, workflow: { id: one } }]\nfinally: [{ id: d, workflow: { id: two } }]',
    );
    expect(compiled(source).program.requires.workflows).toEqual(['one', 'two']);
    expect(compiled(oneStep('uses: transform\nwith: { value: 1 }')).program.requires).not.toHaveProperty('workflows');
  });

  it('does not make an id of the workflow that it runs', () => {
    const source = workflow(
      'steps:\n  - { id: b, parallel: { x: [{ id: c, workflow: { id: other } }] } }\n  - { id: d, uses: transform, with: { value: "${{ steps.other.output }}" } }',
    );
    expect(briefFaults(source)).toEqual(['5:51 UNKNOWN_STEP steps[1].with.value']);
  });

  it.each([
    ['itself', 'workflow: { id: flow }', '5:21 RECURSION steps[0].workflow.id'],
    ['nothing', 'workflow: { with: { a: 1 } }', '5:15 MISSING_KEY steps[0].workflow.id'],
    ['an unknown key', 'workflow: { id: other, inputs: {} }', '5:28 UNKNOWN_KEY steps[0].workflow.inputs'],
    [
      'a secret',
      'workflow: { id: other, with: { headers: "${{ secrets.KEY }}" } }',
      '5:50 SECRET_MISPLACED steps[0].workflow.with.headers',
    ],
  ])('that is given %s is refused', (_title, keys, fault) => {
    expect(briefFaults(oneStep(keys))).toEqual([fault]);
  });

  it('is held to rules on its name, as when an agent calls it', () => {
    const denied = (rule: string, tools = ''): readonly string[] =>
      briefFaults(
        workflow(`${tools}permissions: { deny: ["${rule}"] }\nsteps:\n  - id: a\n    workflow: { id: other }`),
      );
    expect(denied('workflow.other')).toEqual(['6:21 TOOL_DENIED steps[0].workflow.id']);
    expect(denied('workflow.*')).toEqual(['6:21 TOOL_DENIED steps[0].workflow.id']);
    expect(denied('workflow.another')).toEqual([]);
    expect(denied('workflow.*', 'tools: { workflow: { db: { url: sqlite:a.db } } }\n')).toEqual([]);
  });

  it('is no part of a plan', () => {
    expect(briefFaults(oneStep('workflow: { id: other }'), { subset: 'plan' })).toEqual([
      '5:5 NOT_IN_PLAN steps[0].workflow',
    ]);
  });
});
