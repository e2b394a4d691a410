/** A linear model over hashed features, its weights in whole steps of one size. */
import { inflateRawSync } from 'node:zlib';
import { groups } from '../text/features.ts';
import type { Group } from '../text/features.ts';

/** Features are hashed to so many places. */
export const placeBits = 17;
export const placesOf = (feature: number): number => feature >>> (32 - placeBits);

/** Few features of a short sentence weigh no more each than those of one with this many. By group. */
export const fewest: readonly [number, number, number] = [6, 12, 10];

export type LinearModel = {
  readonly bias: number;
  /** What one unit of a stored weight is worth. */
  readonly unit: number;
  readonly weights: Int16Array;
};

/** As stored: the distances from one weight's place to the next, then the weights (2n up, 2n - 1 down), all as varints; deflated, in base64. */
export type StoredModel = {
  readonly bias: number;
  readonly unit: number;
  /** How many weights there are. */
  readonly count: number;
  readonly weights: string;
};

/** What is known of the making of a head, and the head. */
export type TrainedHead = StoredModel & {
  /** The log odds from which on a text is called an attack. */
  readonly threshold: number;
  /** How many texts it was made from. */
  readonly attacks: number;
  readonly harmless: number;
};

export function openModel({ bias, unit, count, weights }: StoredModel): LinearModel {
  const next = varintsOf(inflateRawSync(Buffer.from(weights, 'base64')));
  const places = Uint32Array.from({ length: count }, next);
  const opened = new Int16Array(2 ** placeBits);
  let place = -1;
  for (const distance of places) {
    place += distance;
    const steps = next();
    opened[place] = steps % 2 === 0 ? steps / 2 : -(steps + 1) / 2;
  }
  return { bias, unit, weights: opened };
}

/** Reads one number after another. */
function varintsOf(bytes: Uint8Array): () => number {
  let at = 0;
  return () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
}

/** Sums the weights of one window's features, each once. */
export type Summing = {
  begin(): void;
  add(group: Group, feature: number): void;
  /** The log odds of the window. */
  end(): number;
};

export function summing({ bias, unit, weights }: LinearModel): Summing {
  const seen = new Uint32Array(2 ** placeBits);
  const sums = new Float64Array(groups.length);
  const counts = new Uint32Array(groups.length);
  let turn = 0;
  return {
    begin() {
      turn += 1;
      if (turn > 0xffffffff) {
        turn = 1;
        seen.fill(0);
      }
      sums.fill(0);
      counts.fill(0);
    },
    add(group, feature) {
      const place = placesOf(feature);
      if (seen[place] === turn) return;
      seen[place] = turn;
      sums[group] = (sums[group] ?? 0) + (weights[place] ?? 0);
      counts[group] = (counts[group] ?? 0) + 1;
    },
    end() {
      let sum = 0;
      for (const group of groups) sum += (sums[group] ?? 0) * scaleOf(group, counts[group] ?? 0);
      return bias + unit * sum;
    },
  };
}

export function scaleOf(group: Group, count: number): number {
  return 1 / Math.sqrt(Math.max(count, fewest[group]));
}
