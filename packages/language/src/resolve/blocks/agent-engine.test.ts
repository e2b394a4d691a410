import { describe, expect, it } from 'vitest';
import { briefFaults, faultsOf } from '../../testing/sample-catalog.ts';
import { compiledStep, oneStep } from '../../testing/written.ts';

const agent = (keys: string): string => oneStep(`agent: { input: Hi, tools: [llm], ${keys} }`);
const faultsIn = (keys: string): readonly string[] =>
  briefFaults(agent(keys)).map((fault) => fault.slice(fault.indexOf(' ') + 1));

describe('the engine of an agent', () => {
  it.each(['langchain', 'openai-agents', 'ai-sdk'])('may be %s', (engine) => {
    expect(compiledStep(agent(`engine: ${engine}`), 'agent')).toMatchObject({ engine });
  });

  it('is our own unless it is named, which leaves no trace in the program', () => {
    expect(compiledStep(agent('engine: native'), 'agent')).not.toHaveProperty('engine');
  });

  it('that there is not is refused, with the one that was meant', () => {
    expect(faultsIn('engine: langchian')).toEqual(['INVALID_VALUE steps[0].agent.engine']);
    expect(faultsOf(agent('engine: langchian'))[0]?.hint).toBe('did you mean `langchain`?');
  });

  it.each([
    ['hand over', 'handoffs: { a: { description: X } }', 'handoffs'],
    ['show less of what was said', 'context: { tokens: 9k }', 'context'],
    ['tell its model more', 'hooks: { before_model: [{ add: x }] }', 'hooks.before_model[0].add'],
    ['show the last turns alone', 'hooks: { before_model: [{ keep: 2 }] }', 'hooks.before_model[0].keep'],
    ['send its model back', 'hooks: { after_model: [{ again: x }] }', 'hooks.after_model[0].again'],
  ])('that is a framework cannot %s, and says so', (_title, keys, at) => {
    expect(faultsIn(`engine: ai-sdk, ${keys}`)).toEqual([`UNSUPPORTED steps[0].agent.${at}`]);
    expect(faultsIn(`engine: native, ${keys}`)).toEqual([]);
  });

  it('that is a framework is held to rules on its calls, to agents and to an end like our own', () => {
    const rules =
      'hooks: { before_tool: [{ set: { a: 1 } }], after_tool: [{ result: x }], before_model: [{ when: "turn.number > 3", end: x }] }';
    expect(faultsIn(`engine: langchain, ${rules}, agents: { b: { description: X } }`)).toEqual([]);
  });
});
