import { hashOf, canonicalJson } from '@telos/language';
import { TelosError } from '@telos/core';
import type { Json } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { failureOf, faultsOf, planAnswer, planning } from './testing/planning.ts';

const objective = 'Find out how leases work, from the folder docs, and compare it with the page of the project';

const good = `telos: 1
id: leases
steps:
  - id: passages
    uses: knowledge.search
    with: { folder: docs, query: "How do leases work?" }
  - id: answer
    uses: llm
    with: { prompt: "Answer from these: \${{ steps.passages.output.passages }}" }
outputs:
  answer: \${{ steps.answer.output.text }}
`;

/** What is put behind it: the objective, which a judge decides about, since it names no check. */
const judged = `objectives:
  - id: o1
    objective: Answer the question.
    criterion: The answer quotes a sentence.
    check:
      judge:
        rubric:
          - The answer quotes a sentence.
`;

const cyclic = good.replace('uses: knowledge.search', 'needs: [answer]\n    uses: knowledge.search');
const unknownTool = good.replace('knowledge.search', 'knowledge.serach');

describe('a plan by a model', () => {
  it('is the program of its own source, with objectives, a reason for each step, and who made it', async () => {
    const { plan } = planning([planAnswer(good)]);
    const made = await plan({ objective });
    expect(made.hash).toBe(hashOf(canonicalJson(made.program as unknown as Json)));
    expect(made.planner).toBe('openai/scripted');
    expect(made.objectives).toEqual({
      planner: 'openai/scripted',
      version: 'plan.v2',
      objectives: [
        {
          id: 'o1',
          objective: 'Answer the question.',
          criterion: 'The answer quotes a sentence.',
          check: { judge: { rubric: ['The answer quotes a sentence.'] } },
        },
      ],
      steps: [
        { step: 'passages', serves: 'o1', why: 'It needs passages.' },
        { step: 'answer', serves: 'o1', why: 'It needs answer.' },
      ],
      notes: [],
    });
    expect(made.source).toBe(
      `# Planned by openai/scripted.\n# o1: Answer the question.\n# o1 is met when: The answer quotes a sentence.\n${good}\n${judged}`,
    );
    expect(made.rejected).toEqual([]);
    expect(made.usage).toMatchObject({ calls: 1, input_tokens: 100 });
  });

  it('cannot use what the workflow around it denies, and asks a person where that asks', async () => {
    const denied = { ask: [], deny: ['knowledge.*'] };
    const error = await failureOf(planning([planAnswer(good)], { attempts: 1 }).planWithin(denied, { objective }));
    expect(faultsOf(error)[0]?.message).toContain('knowledge.search');
    const made = await planning([planAnswer(good)]).planWithin({ ask: ['knowledge.*'], deny: [] }, { objective });
    expect(made.program.steps).toMatchObject([{ id: 'passages', asks: true }, { id: 'answer' }]);
    expect(made.program.steps[1]).not.toHaveProperty('asks');
  });

  it('may come inside a fence', async () => {
    const made = await planning([planAnswer(`\`\`\`yaml\n${good}\`\`\``)]).plan({ objective });
    expect(made.program.id).toBe('leases');
  });

  it('cannot leave the comments of its source by a line break in an objective', async () => {
    const objectives = [{ id: 'o1', objective: 'Find it.\nsteps: []', criterion: 'Found.\u2028outputs: {}' }];
    const made = await planning([planAnswer(good, { objectives })]).plan({ objective });
    expect(made.source.split('\n').slice(1, 3)).toEqual([
      '# o1: Find it. steps: []',
      '# o1 is met when: Found. outputs: {}',
    ]);
  });

  it('is asked of the model that the request names, else of the planner’s own, else of auto', async () => {
    const first = planning([planAnswer(good)], { model: 'ollama/large' });
    await first.plan({ objective });
    const second = planning([planAnswer(good)], { model: 'ollama/large' });
    await second.plan({ objective, model: { fallback: ['openai/a', 'openai/b'] } });
    const third = planning([planAnswer(good)]);
    await third.plan({ objective });
    expect([first, second, third].map(({ models }) => models.asked[0]?.model)).toEqual([
      'ollama/large',
      { fallback: ['openai/a', 'openai/b'] },
      'auto',
    ]);
  });
});

describe('a draft that is not accepted', () => {
  it.each([
    ['is no YAML', 'telos: 1\nid: [\n', 'YAML_SYNTAX'],
    ['uses a tool that does not exist', unknownTool, 'UNKNOWN_TOOL'],
    ['has steps that wait for each other', cyclic, 'CYCLE'],
    ['reads a step that is not there', good.replace('steps.passages', 'steps.passage'), 'UNKNOWN_STEP'],
    ['declares triggers', `${good}triggers: { schedule: [{ cron: "* * * * *" }] }\n`, 'NOT_IN_PLAN'],
  ])('goes back to the model with its faults when it %s, and the next is taken', async (_, bad, code) => {
    const { plan, models } = planning([planAnswer(bad), planAnswer(good)]);
    const made = await plan({ objective });
    expect(made.program.id).toBe('leases');
    expect(made.rejected).toHaveLength(1);
    expect(made.rejected[0]?.source).toBe(bad);
    expect(made.rejected[0]?.faults.map((fault) => fault.code)).toContain(code);
    expect(made.usage.calls).toBe(2);
    const [, , draft, feedback] = models.asked[1]?.messages ?? [];
    expect(draft).toMatchObject({ role: 'assistant' });
    expect(feedback?.text).toMatch(new RegExp(`line \\d+, column \\d+: ${code}: `));
  });

  it('names the place and the nearest known name in its feedback', async () => {
    const { plan, models } = planning([planAnswer(unknownTool), planAnswer(good)]);
    await plan({ objective });
    expect(models.asked[1]?.messages.at(-1)?.text).toContain(
      '- line 5, column 11: UNKNOWN_TOOL: there is no tool `knowledge.serach` (did you mean `knowledge.search`?)',
    );
  });

  it('takes its place from the draft before it: a request never holds more than one', async () => {
    const { plan, models } = planning([planAnswer(unknownTool), planAnswer(cyclic), planAnswer(good)]);
    await plan({ objective });
    expect(models.asked.map(({ messages }) => messages.length)).toEqual([2, 4, 4]);
    expect(models.asked[2]?.messages.at(-1)?.text).toContain('CYCLE');
  });

  it('may also be an answer that is no JSON', async () => {
    const { plan, models } = planning([{ text: 'I would rather talk about it.' }, planAnswer(good)]);
    const made = await plan({ objective });
    expect(made.rejected[0]?.faults[0]).toMatchObject({ code: 'OUTPUT_INVALID' });
    expect(models.asked[1]?.messages[2]).toEqual({ role: 'assistant', text: 'I would rather talk about it.' });
  });

  it('may also be JSON of another form', async () => {
    const made = await planning([{ answer: { plan: good } }, planAnswer(good)]).plan({ objective });
    expect(made.rejected[0]?.faults[0]).toMatchObject({ code: 'OUTPUT_INVALID' });
  });

  it('ends the planning when the attempts are used up, with the last faults', async () => {
    const { plan, models } = planning([planAnswer(unknownTool), planAnswer(unknownTool), planAnswer(cyclic)]);
    const error = await failureOf(plan({ objective }));
    expect(error).toMatchObject({ code: 'PLAN_INVALID', kind: 'terminal', details: { drafts: 3 } });
    expect(faultsOf(error)[0]).toMatchObject({ code: 'CYCLE' });
    expect(error.message).toContain('steps wait for each other');
    expect(models.asked).toHaveLength(3);
  });

  it('is the only one where one attempt is allowed', async () => {
    const { plan, models } = planning([planAnswer(cyclic)], { attempts: 1 });
    await expect(plan({ objective })).rejects.toMatchObject({ code: 'PLAN_INVALID', details: { drafts: 1 } });
    expect(models.asked).toHaveLength(1);
  });
});

describe('the trace of planning', () => {
  it('holds each draft as a chat with its cost and its faults', async () => {
    const { plan, recorded } = planning([planAnswer(unknownTool), planAnswer(good)]);
    await plan({ objective });
    expect(recorded).toMatchObject([
      {
        kind: 'chat',
        name: 'openai/scripted',
        usage: { calls: 1 },
        attributes: { prompt: 'plan.v2', draft: 1, accepted: false, faults: [{ code: 'UNKNOWN_TOOL', line: 5 }] },
      },
      { kind: 'chat', attributes: { draft: 2, accepted: true, faults: [] } },
    ]);
    expect(JSON.stringify(recorded[0]?.output)).toContain('knowledge.serach');
  });

  it('holds the drafts of planning that failed too', async () => {
    const { plan, recorded } = planning([planAnswer(cyclic)], { attempts: 1 });
    await failureOf(plan({ objective }));
    expect(recorded).toMatchObject([{ attributes: { draft: 1, accepted: false } }]);
  });
});

describe('a model that fails', () => {
  it('fails the planning with its own error, so that the engine can try again', async () => {
    const fails = new TelosError('STORE_UNAVAILABLE', 'stands for any retryable failure');
    await expect(planning([{ fails }]).plan({ objective })).rejects.toBe(fails);
  });

  it('is not asked again once planning was cancelled', async () => {
    const cancelled = new TelosError('CANCELLED', 'The run was cancelled.');
    const { plan, models } = planning([planAnswer(good)]);
    await expect(plan({ objective }, AbortSignal.abort(cancelled))).rejects.toBe(cancelled);
    expect(models.asked).toHaveLength(0);
  });
});

describe('a request', () => {
  it.each([
    ['without an objective', {}, /objective/],
    ['with an empty objective', { objective: '   ' }, /objective/],
    ['with an objective of more than 8000 characters', { objective: 'x'.repeat(8001) }, /objective/],
    ['with criteria that are no list of text', { objective, criteria: [1] }, /criteria\.0/],
    ['with more than 20 criteria', { objective, criteria: Array.from({ length: 21 }, () => 'is short') }, /criteria/],
    ['with a field that is not known', { objective, budget: 3 }, /budget/],
    ['that asks for approval', { objective, approve: true }, /cannot wait for approval/],
    ['with an effect that does not exist', { objective, effects: 'all' }, /effects/],
    ['whose tools are not here', { objective, tools: ['crm.*'] }, /No tool here is named by crm\.\*/],
  ])('%s is refused before a model is asked', async (_, request, message) => {
    const { plan, models } = planning([planAnswer(good)]);
    const error = await failureOf(plan(request));
    expect(error).toMatchObject({ code: 'PLAN_REQUEST_INVALID' });
    expect(error.message).toMatch(message);
    expect(models.asked).toHaveLength(0);
  });
});
