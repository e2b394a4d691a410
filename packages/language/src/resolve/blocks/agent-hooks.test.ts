import { describe, expect, it } from 'vitest';
import { briefFaults, faultsOf } from '../../testing/sample-catalog.ts';
import { compiledStep, stepAfterFirst } from '../../testing/written.ts';

const ruled = (hooks: string, more = ''): string =>
  stepAfterFirst(`agent: { input: Hi, tools: [web.search, llm], hooks: { ${hooks} }${more} }`);
const faultIn = (hooks: string, more = ''): readonly string[] =>
  briefFaults(ruled(hooks, more)).map((fault) => fault.slice(fault.indexOf(' ') + 1));

describe('rules of an agent', () => {
  it('become what each does in its place, with the steps that they read', () => {
    const source = ruled(
      'before_model: [{ when: "turn.number == 1", add: "About ${{ steps.first.output }}." }, { keep: 4 }], ' +
        'after_model: [{ when: "size(turn.calls) > 3", again: Fewer. }], ' +
        'before_tool: [{ tools: ["web.*"], set: { limit: 3 } }, { when: "call.input.query == \'x\'", refuse: No. }], ' +
        'after_tool: [{ tools: [llm], result: "${{ call.output.text }}" }, { when: "call.error != null", end: "${{ call.error.code }}" }]',
    );
    expect(briefFaults(source)).toEqual([]);
    expect(compiledStep(source, 'agent')).toMatchObject({
      reads: ['first'],
      hooks: {
        reads: ['first'],
        before_model: [
          { when: 'turn.number == 1', does: { add: 'About ${{ steps.first.output }}.' } },
          { does: { keep: 4 } },
        ],
        after_model: [{ when: 'size(turn.calls) > 3', does: { again: 'Fewer.' } }],
        before_tool: [
          { tools: ['web.*'], does: { set: { limit: 3 } } },
          { when: "call.input.query == 'x'", does: { refuse: 'No.' } },
        ],
        after_tool: [
          { tools: ['llm'], does: { result: '${{ call.output.text }}' } },
          { when: 'call.error != null', does: { end: '${{ call.error.code }}' } },
        ],
      },
    });
  });

  it.each([
    ['does nothing', 'before_model: [{ when: "true" }]', 'INVALID_VALUE steps[1].agent.hooks.before_model[0]'],
    ['does two things', 'before_model: [{ add: x, end: y }]', 'INVALID_VALUE steps[1].agent.hooks.before_model[0]'],
    [
      'does what has no place there',
      'after_tool: [{ refuse: No. }]',
      'UNKNOWN_KEY steps[1].agent.hooks.after_tool[0].refuse',
    ],
    ['keeps nothing', 'before_model: [{ keep: 0 }]', 'INVALID_VALUE steps[1].agent.hooks.before_model[0].keep'],
    [
      'has a condition that is none',
      'after_model: [{ when: turn.text, again: x }]',
      'NOT_BOOLEAN steps[1].agent.hooks.after_model[0].when',
    ],
    [
      'reads what there is not before a call',
      'before_tool: [{ when: "call.output == 1", refuse: x }]',
      'EXPRESSION_TYPE steps[1].agent.hooks.before_tool[0].when',
    ],
    [
      'reads a call where there is a turn',
      'before_model: [{ add: "${{ call.name }}" }]',
      'UNKNOWN_NAME steps[1].agent.hooks.before_model[0].add',
    ],
    [
      'reads a secret',
      'before_model: [{ add: "${{ secrets.KEY }}" }]',
      'SECRET_MISPLACED steps[1].agent.hooks.before_model[0].add',
    ],
    [
      'is about what the agent does not call',
      'before_tool: [{ tools: ["web.red"], refuse: No. }]',
      'UNKNOWN_TOOL steps[1].agent.hooks.before_tool[0].tools[0]',
    ],
    ['stands nowhere', 'before_call: [{ refuse: No. }]', 'UNKNOWN_KEY steps[1].agent.hooks.before_call'],
  ])('are refused when one %s', (_title, hooks, fault) => {
    expect(faultIn(hooks)).toEqual([fault]);
  });

  it('say what may be written instead', () => {
    expect(faultsOf(ruled('before_tool: [{ when: "true" }]'))[0]?.hint).toBe(
      'write one of `set`, `refuse`, `end`, `answer`',
    );
    expect(faultsOf(ruled('before_tool: [{ tools: [web.serch], refuse: x }]'))[0]?.hint).toBe(
      'did you mean `web.search`?',
    );
  });

  it('give an answer of the form that the agent has', () => {
    const output = ', output: { schema: { type: object, properties: { n: { type: integer } }, required: [n] } }';
    expect(faultIn('after_model: [{ answer: { n: "${{ size(turn.calls) }}" } }]', output)).toEqual([]);
    expect(faultIn('after_model: [{ answer: { n: "${{ turn.text }}" } }]', output)).toEqual([
      'EXPRESSION_TYPE steps[1].agent.hooks.after_model[0].answer.n',
    ]);
  });

  it('see no step whose name means another in a round, in an agent that is called neither', () => {
    const source = (hooks: string): string =>
      ruled('', `, agents: { a: { description: X, hooks: { ${hooks} } } }`).replaceAll('first', 'call_1');
    expect(briefFaults(source('before_model: [{ add: "${{ steps.call_1.output }}" }]'))).toEqual([
      expect.stringMatching(/UNKNOWN_STEP steps\[1\]\.agent\.agents\.a\.hooks$/),
    ]);
  });
});
