import { deflateRawSync } from 'node:zlib';
import { placeBits } from '../../src/injection/model/linear-model.ts';
import type { StoredModel } from '../../src/injection/model/linear-model.ts';

/**
 * The heaviest weight has so many steps. None is cut and none that is a step
 * long is left out: one feature that every text has may be the heaviest of all,
 * and the many light ones of ordinary words are what speaks for a harmless text.
 */
const steps = 1023;

/** The inverse of `openModel`, but for the rounding. */
export function storeModel(weights: Float64Array): StoredModel {
  const size = 2 ** placeBits;
  const unit = weights.subarray(0, size).reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-9) / steps;
  const distances: number[] = [];
  const kept: number[] = [];
  let last = -1;
  for (let place = 0; place < size; place += 1) {
    const weight = Math.round((weights[place] ?? 0) / unit);
    if (weight === 0) continue;
    distances.push(...varint(place - last));
    kept.push(...varint(weight > 0 ? 2 * weight : -2 * weight - 1));
    last = place;
  }
  const round = (value: number): number => Number(value.toPrecision(6));
  return {
    bias: round(weights[size] ?? 0),
    unit: round(unit),
    count: weights.subarray(0, size).reduce((count, weight) => count + (Math.round(weight / unit) === 0 ? 0 : 1), 0),
    weights: deflateRawSync(Uint8Array.from([...distances, ...kept]), { level: 9 }).toString('base64'),
  };
}

/** Seven bits a byte, the lowest first. */
function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
