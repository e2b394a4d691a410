import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '@telos/core';
import { score, subjectOf } from '../fixtures/score.ts';
import { scriptedModels } from '../fixtures/scripted-models.ts';
import { completeness } from './completeness.ts';
import { relevance } from './relevance.ts';

const { models } = scriptedModels();

describe('relevance without a model', () => {
  const of = async (input: Json, output: string, params: Json = {}) =>
    score(relevance(models), subjectOf(output, { input }), params);

  it.each<[string, string]>([
    ['Who painted the Mona Lisa?', 'The Mona Lisa was painted by Leonardo da Vinci.'],
    ['When was the bridge opened?', '1932'],
    ['How do I reset my password?', 'Open the settings, choose "Password", and press "Reset".'],
  ])('takes up %j by %j', async (question, output) => {
    expect(await of(question, output)).toMatchObject({ verdict: 'pass' });
  });

  it.each<[string, string]>([
    ['How do I reset my password?', 'Our offices are closed on Sundays and on public holidays, as every year.'],
    ['When was the bridge opened?', 'It is made of steel and painted grey, which the residents like a lot.'],
    ['What is the capital of Mali?', 'I am sorry, I do not have access to that information at the moment.'],
    ['What is it?', ' '],
  ])('does not take up %j by %j', async (question, output) => {
    expect(await of(question, output)).toMatchObject({ verdict: 'fail' });
  });

  it('reads the question from its parameter, or from the field of the input that says so', async () => {
    const output = 'The bridge was opened in 1932.';
    expect((await of(null, output, { question: 'When was the bridge opened?' })).score).toBe(
      (await of({ question: 'When was the bridge opened?', id: 7 }, output)).score,
    );
    expect(await of(null, output)).toMatchObject({ verdict: 'error' });
  });
});

describe('completeness without a model', () => {
  const of = async (input: Json, output: string, params: Json = {}) =>
    score(completeness(models), subjectOf(output, { input }), params);
  const task = 'What does the pump weigh, and how long is its warranty? Name the countries it is sold in.';

  it('counts the questions and orders of a task that the output covers, and names the others', async () => {
    const whole =
      'The pump weighs 4 kg. Its warranty is two years long. The countries it is sold in are Spain and Italy.';
    expect(await of(task, whole)).toMatchObject({ score: 1, verdict: 'pass' });
    const part = await of(task, 'The pump weighs 4 kg. The countries it is sold in are Spain and Italy.');
    expect(part.score).toBeCloseTo(2 / 3);
    expect(part).toMatchObject({ verdict: 'fail' });
    expect(part.reason).toContain('not "how long is its warranty?"');
  });

  it('takes the parts it is given, or the items of a list', async () => {
    expect(await of(null, 'Price and weight are fixed.', { parts: ['price', 'weight', 'colour'] })).toMatchObject({
      score: expect.closeTo(2 / 3),
    });
    expect(await of('Cover:\n- the price\n- the weight\n', 'Only the price is known.')).toMatchObject({ score: 0.5 });
    expect(await of(null, 'text')).toMatchObject({ verdict: 'error' });
  });

  it('wants the words of a part near one another', async () => {
    const far = `The warranty is short. ${'Filler stands here for a while. '.repeat(9)}It takes long.`;
    expect(await of(null, far, { parts: ['long warranty years covered'] })).toMatchObject({ score: 0 });
  });
});

describe('both', () => {
  it('score anything within bounds, and read long texts only as far as they have to', async () => {
    for (const check of [relevance(models), completeness(models)]) {
      await fc.assert(
        fc.asyncProperty(fc.string(), fc.string(), async (input, output) => {
          const verdict = await score(check, subjectOf(output, { input: `what ${input}` }), {});
          expect(verdict.score >= 0 && verdict.score <= 1).toBe(true);
        }),
      );
      for (const piece of ['a ', 'a? ', '- a\n', 'A'])
        await score(check, subjectOf(piece.repeat(300_000), { input: piece.repeat(300_000) }), {});
    }
  });
});
