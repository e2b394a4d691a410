import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import type { Json } from '@telos/core';
import { score, subjectOf } from '../fixtures/score.ts';
import { scriptedModels } from '../fixtures/scripted-models.ts';
import { correctness } from './correctness.ts';

const check = correctness(scriptedModels().models);
const judged = (answer: Json, reference: Json, question = '', more: { readonly [name: string]: Json } = {}) =>
  score(check, subjectOf(answer, { input: question }), { reference, ...more });

describe('correctness without a model', () => {
  it.each<[string, string, Json, string]>([
    [
      'what country has Paris as its capital?',
      'The capital Paris belongs to France.',
      'France',
      'a reference within a sentence',
    ],
    ['who wrote Hamlet?', 'william shakespeare', 'William Shakespeare', 'another case'],
    ['how many planets are there?', 'There are eight planets.', '8', 'a number in words'],
    ['how many people live there?', 'About 2,500,000 people.', '2.5 million', 'a number with its scale'],
    ['when did it open?', 'It opened on August 19, 2016.', '2016-08-19', 'a date in another form'],
    ['when did it open?', 'It opened on 19 Aug 2016 in Rome.', 'August 19th, 2016', 'a date in another order'],
    ['where is it?', 'It is in the U.S.', 'the United States of America', 'an abbreviation'],
    ['which war was it?', 'World War 2', 'World War II', 'a Roman number'],
    ['who sang it?', 'It was sung by Beyoncé.', 'Beyonce', 'an accent'],
    ['who wrote it?', 'Katharine Parr', ['Catherine Parr', 'Katherine Parr'], 'one of several spellings'],
    ['which fruit?', 'A pear.', 'Pear (fruit)', 'a reference that is explained'],
    ['is it open?', 'Yes, it is.', true, 'a truth value'],
    ['is it open?', 'It is not.', 'no', 'a denial in short'],
    ['when did it end?', 'It ended in nineteen forty-five.', '1945', 'a year in words'],
    ['when was it?', 'In eighteen oh four.', '1804', 'a year of the first ten in words'],
    ['what is 6 x 7?', '42', 42, 'a number as it is'],
  ])('lets pass %j answered by %j for %j', async (question, answer, reference) => {
    expect(await judged(answer, reference, question)).toMatchObject({ verdict: 'pass' });
  });

  it.each<[string, string, Json]>([
    ['when was it?', '1991', '1975'],
    ['who won?', 'James McClean', 'Mo Farah'],
    ['how many?', 'There are 435 of them.', '569'],
    ['who plays Colin?', 'Colin is played by Colin himself.', 'Tristan Rogers'],
    ['what is the capital of France?', 'The capital of France is not Paris but Lyon.', 'Paris'],
    ['is it open?', 'No, it is closed.', 'yes'],
    ['is it open?', "It isn't.", 'yes'],
    ['when did it end?', 'It ended in nineteen forty-six.', '1945'],
    ['what is the capital of Mali?', 'I am sorry, I do not know what the capital of Mali is.', 'Bamako'],
    ['what is the capital of Mali?', 'What is the capital of Mali?', 'Bamako'],
    ['', ' ', 'x'],
  ])('refuses %j answered by %j for %j', async (question, answer, reference) => {
    expect(await judged(answer, reference, question)).toMatchObject({ verdict: 'fail' });
  });

  it('wants no answer where there is none', async () => {
    for (const reference of [[], null, 'no answer', 'unanswerable']) {
      expect(await judged('I could not find any information on that.', reference)).toMatchObject({ score: 1 });
      expect(await judged('It was in 1912.', reference)).toMatchObject({ score: 0 });
    }
  });

  it('is content with one of a list, or wants all of it', async () => {
    const primary = ['red', 'yellow', 'blue'];
    expect(await judged('Red and blue.', primary)).toMatchObject({ verdict: 'pass' });
    const some = await judged('Red and blue.', primary, '', { match: 'all' });
    expect(some).toMatchObject({ verdict: 'fail', reason: 'The output does not give "yellow".' });
    expect(await judged('Blue, yellow and red.', primary, '', { match: 'all' })).toMatchObject({ verdict: 'pass' });
  });

  it('gives the answer itself full marks, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[\p{L}\p{N} ,.-]{1,40}$/u), async (text) => {
        fc.pre(/[\p{L}\p{N}]{4}/u.test(text));
        expect((await judged(text, text)).score).toBe(1);
      }),
    );
  });

  it('never throws, and scores within bounds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.array(fc.string()), fc.string(), async (answer, reference, question) => {
        const verdict = await judged(answer, reference, question);
        expect(verdict.verdict).not.toBe('error');
        expect(verdict.score).toBeGreaterThanOrEqual(0);
        expect(verdict.score).toBeLessThanOrEqual(1);
      }),
    );
  });

  it.each(['a ', '1,', 'U.', "x'", '(a', 'twenty one ', '½'])(
    'reads a long answer of %j only as far as it has to',
    async (piece) => {
      const verdict = await judged(piece.repeat(500_000), ['reference 1', piece.repeat(50_000)], piece.repeat(1000));
      expect(verdict.verdict).not.toBe('error');
    },
  );

  it('cannot compare with an object', async () => {
    expect(await judged('x', { a: 1 })).toMatchObject({ verdict: 'error' });
  });
});

describe('correctness with a model', () => {
  it('asks the judge, which sees question, reference and answer as data', async () => {
    const { models, asked } = scriptedModels({ verdicts: [{ criterion: 0, met: true, reason: 'the same city' }] });
    const subject = subjectOf('The city of light', { input: 'capital of France?' });
    const verdict = await score(correctness(models), subject, { reference: 'Paris', model: 'openai/x' });
    expect(verdict).toMatchObject({ verdict: 'pass', score: 1, usage: { calls: 1 } });
    const [, user] = asked[0]?.messages ?? [];
    expect(JSON.parse(user?.text.split('\n')[1] ?? '')).toMatchObject({
      task: 'capital of France?',
      reference: 'Paris',
      answer: 'The city of light',
    });
  });
});
