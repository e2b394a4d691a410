import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '@telos/core';
import { score, subjectOf } from '../fixtures/score.ts';
import { scriptedModels } from '../fixtures/scripted-models.ts';
import { regressionOf } from './kernel-regression.ts';
import { topic } from './topic.ts';

const check = topic(scriptedModels().models);

const banking =
  `what is my balance|transfer 50 dollars to my savings account|freeze my account please|how do i pay my bill
order new checks for my account|what is my credit limit|when is my bill due|report a stolen card|my card was declined
what is the interest rate on savings|open a new account|is there a fee for a transfer|show my last transactions|change my pin`.split(
    /[|\n]/,
  );
const cooking =
  `how long do i boil eggs|what can i replace butter with|give me a recipe for lasagna|is this milk still good
how many calories are in rice|suggest a meal for tonight|what spices go with chicken|how do i bake bread|can i freeze soup
what ingredients are in pesto|how hot should the oven be|how do i chop onions|what wine goes with fish|is sushi healthy`.split(
    /[|\n]/,
  );
const other =
  `how tall is the eiffel tower|who won the election|translate hello to french|tell me a joke|what time is it in tokyo
play some music|is it going to rain|who painted the mona lisa|how far is the moon|set an alarm for six|what year did the war end
find me a flight to rome|which team plays tonight|remind me to call mom`.split(/[|\n]/);
const banks = { name: 'banking', examples: banking };
const kitchen = { name: 'cooking', examples: cooking };

const verdictOf = async (text: string, params: Json) => (await score(check, subjectOf(text), params)).verdict;

describe('topic', () => {
  it('lets what is allowed pass and holds back everything else', async () => {
    for (const params of [
      { allow: [banks] },
      { allow: [banks], outside: other },
      { allow: [banks], deny: [kitchen] },
    ]) {
      expect(await verdictOf('please transfer money to my other account', params)).toBe('pass');
      expect(await verdictOf('who painted the ceiling of that chapel', params)).toBe('fail');
    }
  });

  it('holds back what is denied and lets everything else pass', async () => {
    for (const params of [{ deny: [kitchen] }, { deny: [kitchen], outside: other }]) {
      expect(await verdictOf('give me a recipe for bread', params)).toBe('fail');
      expect(await verdictOf('who painted the ceiling of that chapel', params)).toBe('pass');
    }
  });

  it('names the nearest topic, with the example that shows it', async () => {
    const { reason, evidence } = await score(check, subjectOf('how do i bake some bread'), {
      allow: [banks],
      deny: [kitchen],
    });
    expect(reason).toBe(
      'The text does not keep to its topics: it is nearest to "cooking", for instance "how do i bake bread".',
    );
    expect(evidence).toMatchObject({ outside: { topic: 'cooking' } });
  });

  it('knows a topic by its name and description where that is all there is', async () => {
    const allow = [
      { name: 'insurance', description: 'insurance claims, policies, premiums and damage' },
      'travel booking',
    ];
    expect(await verdictOf('how do I file a claim for the damage under my policy', { allow })).toBe('pass');
    expect(await verdictOf('write me a poem', { allow })).toBe('fail');
  });

  it('passes an empty text, which is about nothing', async () => {
    expect(await verdictOf(' ', { allow: [banks] })).toBe('pass');
  });

  it('asks the judge when a model is given, once for all topics of a list', async () => {
    const { models, asked } = scriptedModels({
      verdicts: [
        { criterion: 0, met: true, reason: 'money' },
        { criterion: 1, met: true, reason: 'no food' },
      ],
    });
    const params = { allow: [banks], deny: ['cooking'], model: 'openai/x' };
    expect(await score(topic(models), subjectOf('a text'), params)).toMatchObject({ verdict: 'pass' });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.messages[1]?.text).toContain('banking (what is my balance');
  });

  it('scores any text within bounds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const { score: value, verdict } = await score(check, subjectOf(text), { allow: [banks], outside: other });
        expect(verdict).not.toBe('error');
        expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });

  it.each(['a', 'a ', "'", 'é', '💥'])('reads %j without end only as far as it has to', async (piece) => {
    expect(await verdictOf(piece.repeat(1_000_000), { allow: [banks] })).not.toBe('error');
  });

  it.each([{}, { allow: [] }, { allow: [''] }, { allow: ['a'], min: 2 }, { allow: ['a'], block: ['b'] }])(
    'refuses the parameters %j',
    (params) => {
      expect(check.params.safeParse(params).success).toBe(false);
    },
  );
});

describe('regression on likeness', () => {
  const places = [0, 0.2, 0.5, 0.6, 0.9];
  const like = (a: number, b: number): number => Math.exp(-((a - b) ** 2) / 0.1);
  const fit = (at: readonly number[]) =>
    regressionOf(
      at.map((a) => Float64Array.from(at, (b) => like(a, b))),
      [Float64Array.from(at, (a) => Math.sin(3 * a))],
    );

  it('says of a known place left out what it says when that place is not known', () => {
    const whole = fit(places);
    for (const [at, place] of places.entries()) {
      const others = places.filter((other) => other !== place);
      const without = fit(others).at(Float64Array.from(others, (other) => like(other, place)));
      const { values, variance } = whole.leftOut(at);
      expect(values[0]).toBeCloseTo(without.values[0] ?? NaN);
      expect(variance).toBeCloseTo(without.variance);
    }
  });

  it('knows little far from all it knows', () => {
    const { values, variance } = fit(places).at(Float64Array.from(places, () => 0));
    expect(values).toEqual([0]);
    expect(variance).toBe(1);
  });
});
