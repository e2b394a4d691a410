import type { Json, JsonSchema } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { failureOf, listen, testModels, user } from '../testing/test-models.ts';

const verdict = {
  type: 'object',
  properties: { criterion: { type: 'string' }, met: { type: 'boolean' }, reason: { type: 'string' } },
  required: ['criterion', 'met', 'reason'],
};
const schema = (name = 'verdicts'): JsonSchema => ({
  type: 'object',
  properties: { [name]: { type: 'array', items: verdict } },
  required: [name],
});
const generate = (prompt: string, shape = schema()) =>
  testModels().generate({ model: 'offline/extractive', messages: user(prompt), schema: shape }, listen());

const source =
  '<source name="returns.md">Returns are accepted within 30 days of delivery. Gift cards cannot be returned.</source>';
const question = '<question>Within how many days are returns accepted?</question>';
const grounded = '"Returns are accepted within 30 days of delivery." [returns.md]';
const invented = 'You may bring anything back for a full year, and a llama will collect it.';

async function met(criterion: string, answer: string): Promise<boolean | undefined> {
  const prompt = `Judge the answer.\n${question}\n<criteria>\n- ${criterion}\n</criteria>\n<answer>${answer}</answer>\n${source}`;
  const { value } = await generate(prompt);
  return (value as { verdicts: { met: boolean }[] }).verdicts[0]?.met; // fits the schema above, checked by generate
}

describe('offline/extractive as a judge', () => {
  it.each([
    ['every claim is supported by the sources', grounded, true],
    ['every claim is supported by the sources', invented, false],
    ['every claim names its source', grounded, true],
    ['every claim names its source', 'Returns are accepted within 30 days of delivery.', false],
    ['every claim is supported by the sources', 'The sources do not answer this.', true],
    ['answers the question', grounded, true],
    ['answers the question', invented, false],
    ['answers the question', 'The sources do not answer this.', false],
    ['is concise', grounded, true],
    ['is concise', 'word '.repeat(300), false],
    ['mentions gift cards', 'Gift cards cannot be returned.', true],
    ['mentions gift cards', grounded, false],
    ['does not mention gift cards', grounded, true],
    ['does not mention gift cards', 'Gift cards cannot be returned.', false],
    ['answers the question', ' ', false],
  ])('finds of "%s" for %j: %s', async (criterion, answer, expected) => {
    expect(await met(criterion, answer)).toBe(expected);
  });

  it('gives a verdict on each criterion, in order, with a reason that says how it was found', async () => {
    const criteria = ['answers the question', 'every claim is supported by the sources'];
    const prompt = JSON.stringify({
      question: 'Are gift cards returned?',
      criteria,
      answer: 'Gift cards cannot be returned.',
      sources: [{ source: 'a', text: 'Gift cards cannot be returned.' }],
    });
    const value: Json | undefined = (await generate(prompt, schema('criteria'))).value;
    expect(value).toMatchObject({ criteria: criteria.map((criterion) => ({ criterion, met: true })) });
    expect(JSON.stringify(value)).toContain('Judged by words alone.');
  });

  it('judges JSON data with a task, an answer that is JSON itself, and verdicts by place and by degree', async () => {
    const data = {
      criteria: [
        { index: 0, criterion: 'The answer addresses the question' },
        { index: 1, criterion: 'Every statement is supported by the passages' },
      ],
      task: {
        prompt: `Question: Within how many days are returns accepted?\n\nPassages:\n[{"text":"A llama collects it."}]`,
      },
      sources: {
        passages: { passages: [{ source: 'returns.md', text: 'Returns are accepted within 30 days of delivery.' }] },
      },
      answer: JSON.stringify({ answer: grounded, citations: [{ quote: invented, source: 'returns.md' }] }),
    };
    const items = (met: JsonSchema): JsonSchema => ({
      type: 'object',
      properties: { criterion: { type: 'integer', minimum: 0, maximum: 1 }, reason: { type: 'string' }, met },
      required: ['criterion', 'reason', 'met'],
    });
    const ask = async (met: JsonSchema) =>
      (
        await generate(`DATA\n${JSON.stringify(data)}\nDATA`, {
          type: 'object',
          properties: { verdicts: { type: 'array', items: items(met) } },
          required: ['verdicts'],
        })
      ).value;
    expect(await ask({ type: 'boolean' })).toMatchObject({
      verdicts: [
        { criterion: 0, met: true },
        { criterion: 1, met: false },
      ],
    });
    expect(await ask({ type: 'number' })).toMatchObject({ verdicts: [{ met: 1 }, { met: 0.5 }] });
  });

  it('takes the criteria from a list in the prompt, or from the schema', async () => {
    const listed = await generate(`Criteria:\n1. is concise\n2. mentions llamas\n\n<output>${invented}</output>`);
    expect(listed.value).toMatchObject({
      verdicts: [{ criterion: 'is concise' }, { criterion: 'mentions llamas', met: true }],
    });
    const items = { ...verdict, properties: { ...verdict.properties, criterion: { enum: ['is concise'] } } };
    const named = await generate(`<output>${invented}</output>`, {
      type: 'object',
      properties: { verdicts: { type: 'array', items } },
      required: ['verdicts'],
    });
    expect(named.value).toMatchObject({ verdicts: [{ criterion: 'is concise', met: true }] });
  });

  it('judges nothing without criteria or without a text to judge', async () => {
    for (const prompt of ['<output>Text.</output>', '<criteria>- is concise</criteria>']) {
      expect(await failureOf(generate(prompt))).toMatchObject({ code: 'OUTPUT_INVALID', kind: 'terminal' });
    }
  });
});
