import { describe, expect, it } from 'vitest';
import { storeModel } from '../../../training/injection/store-model.ts';
import { openModel, placeBits, summing } from './linear-model.ts';

const size = 2 ** placeBits;
/** A feature whose place is the given one. */
const featureAt = (place: number): number => place * 2 ** (32 - placeBits);

/** A few heavy weights, and thousands of light ones that speak against an attack. */
const weights = new Float64Array(size + 1);
for (let place = 0; place < 40; place += 1) weights[place * 1000 + 7] = 4 + place / 10;
for (let place = 0; place < 8000; place += 1) weights[place * 13 + 1] ||= -0.06;
weights[size] = 0.5;

describe('a model that was stored and opened', () => {
  it('weighs a text as the one that was trained: many light weights count as much as a heavy one, and the heaviest whole', () => {
    const sum = summing(openModel(storeModel(weights)));
    sum.begin();
    for (let place = 0; place < 400; place += 1) sum.add(2, featureAt(place * 13 + 1));
    sum.add(1, featureAt(39_007));
    const trained = 0.5 + (400 * -0.06) / Math.sqrt(400) + 7.9 / Math.sqrt(12);
    expect(Math.abs(sum.end() - trained)).toBeLessThan(0.05);
  });

  it('keeps each weight to half a step', () => {
    const opened = openModel(storeModel(weights));
    const errors = Array.from(opened.weights, (steps, place) => Math.abs(steps * opened.unit - (weights[place] ?? 0)));
    expect(errors.reduce((most, error) => Math.max(most, error), 0)).toBeLessThanOrEqual(opened.unit * 0.501);
  });
});
