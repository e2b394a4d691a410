import { describe, expect, it } from 'vitest';
import type { AgentStep } from '../program/program.ts';
import { afterTurn } from './after-turn.ts';
import { agentBody } from './agent-body.ts';
import { messagesWith, opened, shownResult } from './conversation.ts';
import type { Conversation } from './conversation.ts';

const agent: AgentStep = {
  kind: 'agent',
  id: 'ask',
  after: [],
  reads: [],
  onError: 'fail',
  instructions: '',
  input: null,
  model: 'auto',
  tools: [
    { name: 'look', uses: 'look' },
    { name: 'sales.query', uses: 'db.query', connection: 'sales' },
  ],
  maxTurns: 4,
};

const called = (name: string, input: Conversation['calls'][number]['input'], id = 'c1') => ({ id, name, input });
const given = (output: string) => ({ output, error: null });
const failed = (message: string) => ({ output: null, error: { code: 'TOOL_FAILED', message } });

/** The conversation after a first turn that called these. */
function asked(...calls: readonly ReturnType<typeof called>[]): Conversation {
  const after = afterTurn(agent, 1, opened('Be exact.', 'How many?'), {}, { text: '', calls });
  if (after.next !== 'round') throw new Error(`It would ${after.next}.`);
  return after.conversation;
}

describe('what an agent is asked', () => {
  it.each([
    ['text', 'How many?', 'How many?'],
    ['a value, as JSON', { n: 1 }, '{"n":1}'],
    ['nothing: then its instructions stand alone', null, 'Do what your instructions say.'],
  ])('is %s', (_title, input, text) => {
    expect(opened('Be exact.', input).messages).toEqual([
      { role: 'system', text: 'Be exact.' },
      { role: 'user', text },
    ]);
  });

  it('has no system message without instructions', () => {
    expect(opened(' ', 'Hi').messages).toEqual([{ role: 'user', text: 'Hi' }]);
  });
});

describe('what an agent calls that is no tool', () => {
  const boss: AgentStep = {
    ...agent,
    tools: [
      { name: 'workflow.child', workflow: 'child' },
      {
        name: 'worker',
        description: 'Works.',
        agent: { reads: ['first'], instructions: 'Work.', model: 'a/b', tools: [], maxTurns: 2 },
      },
    ],
  };

  it('is a block of the round, given what the model wrote', () => {
    const calls = [
      { step: 'call_1', name: 'worker' },
      { step: 'call_2', name: 'workflow.child' },
    ];
    expect(agentBody(boss, 2, calls).slice(0, 2)).toMatchObject([
      {
        kind: 'agent',
        id: 'call_1',
        calledAs: 'worker',
        reads: ['first'],
        instructions: 'Work.',
        input: '${{ state.calls[0].input.task }}',
        onError: 'continue',
      },
      {
        kind: 'workflow',
        id: 'call_2',
        calledAs: 'workflow.child',
        workflow: 'child',
        with: '${{ state.calls[1].input }}',
        onError: 'continue',
      },
    ]);
  });

  it('is told to the turn by what it needs to offer it', () => {
    expect(agentBody(boss, 1, [])[0]).toMatchObject({
      with: {
        tools: [
          { name: 'workflow.child', workflow: 'child' },
          { name: 'worker', description: 'Works.' },
        ],
      },
    });
  });

  it.each([['no map'], [{}], [{ task: ' ' }], [{ task: 1 }], [['task']]])(
    'is no step when another agent is given no task: %j',
    (input) => {
      const after = afterTurn(boss, 1, opened('', 'Hi'), {}, { text: '', calls: [called('worker', input)] });
      expect(after).toMatchObject({ next: 'round', conversation: { calls: [{ code: 'INPUT_INVALID' }] } });
    },
  );
});

describe('what follows a turn', () => {
  it('is its answer when it calls nothing: the text, or the value where a schema was asked for', () => {
    const turn = { text: 'Three.', calls: [], value: { n: 3 } };
    expect(afterTurn(agent, 1, opened('', 'Hi'), {}, turn)).toEqual({ next: 'answer', output: { text: 'Three.' } });
    expect(afterTurn({ ...agent, output: {} }, 1, opened('', 'Hi'), {}, turn)).toEqual({
      next: 'answer',
      output: { n: 3 },
    });
  });

  it('is a round that begins with its calls', () => {
    const { calls, messages } = asked(called('look', { at: 'a' }, 'x'), called('look', { at: 'b' }, 'y'));
    expect(calls).toEqual([
      { step: 'call_1', id: 'x', name: 'look', input: { at: 'a' } },
      { step: 'call_2', id: 'y', name: 'look', input: { at: 'b' } },
    ]);
    expect(messages.at(-1)).toMatchObject({ role: 'assistant', toolCalls: [{ id: 'x' }, { id: 'y' }] });
  });

  it('gives a call its connection, whatever the model says of one', () => {
    expect(asked(called('sales.query', { sql: 'select 1', connection: 'other' })).calls[0]?.input).toEqual({
      sql: 'select 1',
      connection: 'sales',
    });
  });

  it('refuses a tool that it does not have, and more calls than are made at a time', () => {
    expect(asked(called('lokk', {})).calls[0]?.refused).toBe('There is no tool lokk. There is: look, sales.query.');
    const many = asked(...Array.from({ length: 33 }, (_, n) => called('look', { at: n }, `${n}`)));
    expect(many.calls.map(({ refused }) => refused).filter((refused) => refused !== undefined)).toHaveLength(1);
  });

  it('costs little however many calls a model makes', () => {
    const many = (turn: number) =>
      Array.from({ length: 3000 }, (_, n) => called('look', { at: `${turn}.${n}` }, `${n}`));
    const before = asked(...many(1));
    const results = Object.fromEntries(before.calls.map(({ step }) => [step, given('seen')]));
    const from = performance.now();
    expect(afterTurn(agent, 2, before, results, { text: '', calls: many(2) })).toMatchObject({ next: 'round' });
    expect(performance.now() - from).toBeLessThan(2000);
  });

  it('is a failure when its turns are used up and it still calls', () => {
    expect(afterTurn(agent, 4, opened('', 'Hi'), {}, { text: '', calls: [called('look', {})] })).toMatchObject({
      next: 'fail',
      error: { code: 'AGENT_TURNS', kind: 'terminal' },
    });
  });

  it('is a failure after three calls in a row that failed, of one turn or of several', () => {
    const three = asked(called('look', { at: 1 }, '1'), called('look', { at: 2 }, '2'), called('lokk', {}, '3'));
    const results = { call_1: failed('dark'), call_2: failed('dark') };
    expect(afterTurn(agent, 2, three, results, { text: '', calls: [called('look', { at: 4 })] })).toMatchObject({
      next: 'fail',
      error: { code: 'AGENT_STUCK', message: expect.stringContaining('There is no tool lokk') },
    });
  });

  it('counts failures anew after a call that went well', () => {
    const three = asked(called('look', { at: 1 }, '1'), called('look', { at: 2 }, '2'), called('look', { at: 3 }, '3'));
    const results = { call_1: failed('dark'), call_2: given('light'), call_3: failed('dark') };
    const next = afterTurn(agent, 2, three, results, { text: '', calls: [called('look', { at: 4 })] });
    expect(next).toMatchObject({ next: 'round', conversation: { failures: 1 } });
  });

  it('lets it answer even when its last calls failed', () => {
    const results = { call_1: failed('dark') };
    const before = { ...asked(called('look', {})), failures: 2 };
    expect(afterTurn(agent, 2, before, results, { text: 'Unknown.', calls: [] })).toMatchObject({ next: 'answer' });
  });
});

describe('what a model is shown of its calls', () => {
  it('are results by the order of the calls, errors as such, and long results cut short', () => {
    const round = asked(called('look', { at: 1 }, '1'), called('look', { at: 2 }, '2'));
    const long = 'x'.repeat(shownResult + 10);
    const said = messagesWith(round, { call_2: given(long), call_1: failed('It is dark.') }).slice(-2);
    expect(said[0]).toEqual({ role: 'tool', toolCallId: '1', text: 'The call failed: It is dark. (TOOL_FAILED)' });
    expect(said[1]).toMatchObject({ toolCallId: '2', text: expect.stringMatching(/^x{16000}\n\(10 characters more/) });
  });

  it('tells apart calls of two turns that the model gave the same id', () => {
    const first = asked(called('look', { at: 'a' }, 'same'));
    const second = afterTurn(
      agent,
      2,
      first,
      { call_1: given('nothing') },
      { text: '', calls: [called('look', { at: 'b' }, 'same')] },
    );
    if (second.next !== 'round') throw new Error('It ended.');
    expect(messagesWith(second.conversation, { call_1: given('nothing') }).at(-1)).toMatchObject({ text: 'nothing' });
  });
});

describe('the steps of a round', () => {
  it('are its calls, which may fail, and then the turn, which reads what they gave', () => {
    const body = agentBody(agent, 2, [
      { step: 'call_1', name: 'look' },
      { step: 'call_3', name: 'sales.query' },
    ]);
    expect(body.map(({ id, after, onError }) => [id, after, onError])).toEqual([
      ['call_1', [], 'continue'],
      ['call_3', [], 'continue'],
      ['turn', ['call_1', 'call_3'], 'fail'],
    ]);
    expect(body[1]).toMatchObject({ uses: 'db.query', with: '${{ state.calls[2].input }}' });
    expect(body[2]).toMatchObject({ reads: ['call_1', 'call_3'] });
  });

  it('offer no tools in the last turn', () => {
    expect(agentBody(agent, 4, [])[0]).toMatchObject({ with: { tools: [] } });
    expect(agentBody(agent, 3, [])[0]).toMatchObject({ with: { tools: [{ name: 'look' }, { name: 'sales.query' }] } });
  });
});
