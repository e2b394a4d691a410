import { deflateRawSync } from 'node:zlib';
import { placeBits } from '../../src/injection/model/linear-model.ts';
import type { StoredModel } from '../../src/injection/model/linear-model.ts';

/** Weights are told apart in so many steps up and down. */
const steps = 63;
/** Fewer steps than this from nothing, a weight is left out. */
const fewestSteps = 2;

/** The inverse of `openModel`, but for the rounding and for what weighs next to nothing. */
export function storeModel(weights: Float64Array): StoredModel {
  const size = 2 ** placeBits;
  const sorted = weights.slice(0, size).map(Math.abs).toSorted();
  // The few largest are cut, so that all others are told apart more finely.
  const largest = sorted[size - 20] ?? 1;
  const unit = largest / steps;
  const distances: number[] = [];
  const kept: number[] = [];
  let last = -1;
  for (let place = 0; place < size; place += 1) {
    const weight = Math.max(-steps, Math.min(steps, Math.round((weights[place] ?? 0) / unit)));
    if (Math.abs(weight) < fewestSteps) continue;
    let distance = place - last;
    last = place;
    while (distance >= 0x80) {
      distances.push((distance & 0x7f) | 0x80);
      distance >>>= 7;
    }
    distances.push(distance);
    kept.push(weight & 0xff);
  }
  const round = (value: number): number => Number(value.toPrecision(6));
  return {
    bias: round(weights[size] ?? 0),
    unit: round(unit),
    count: kept.length,
    weights: deflateRawSync(Uint8Array.from([...distances, ...kept]), { level: 9 }).toString('base64'),
  };
}
