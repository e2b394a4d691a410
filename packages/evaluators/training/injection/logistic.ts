/**
 * Logistic regression on sparse rows, by L-BFGS: convex, so the same rows give
 * the same weights whatever the machine.
 */
import { groups } from '../../src/injection/text/features.ts';

type Three<T> = readonly [T, T, T];

export type Row = {
  readonly places: Three<Uint32Array>;
  readonly scales: Three<number>;
  readonly attack: boolean;
  readonly weight: number;
};

export type Penalties = {
  /** On the square of each weight, by group. */
  readonly penalties: Three<number>;
};

/** The bias is the last of the weights. */
export function fitLogistic(
  rows: readonly Row[],
  size: number,
  { penalties }: Penalties,
  start?: Float64Array,
): Float64Array {
  const penalty = new Float64Array(size);
  // Where features of two groups fall on one place, the first group's penalty holds.
  for (const group of groups.toReversed()) {
    for (const { places } of rows) for (const place of places[group]) penalty[place] = penalties[group];
  }

  const { entries, ends, scales, signs, amounts } = flat(rows);
  const lossAndGradient = (weights: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let at = 0; at < size; at += 1) {
      const weight = weights[at] ?? 0;
      loss += (penalty[at] ?? 0) * weight * weight * 0.5;
      gradient[at] = (penalty[at] ?? 0) * weight;
    }
    gradient[size] = 0;
    const bias = weights[size] ?? 0;
    let entry = 0;
    for (let row = 0; row < rows.length; row += 1) {
      const first = row * groups.length;
      let logit = bias;
      let at = entry;
      for (let part = first; part < first + groups.length; part += 1) {
        let sum = 0;
        for (const end = ends[part] ?? 0; at < end; at += 1) sum += weights[entries[at] ?? 0] ?? 0;
        logit += sum * (scales[part] ?? 0);
      }
      const sign = signs[row] ?? 1;
      const amount = amounts[row] ?? 0;
      const margin = sign * logit;
      loss += amount * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
      const slope = (-sign * amount) / (1 + Math.exp(margin));
      for (let part = first; part < first + groups.length; part += 1) {
        const step = slope * (scales[part] ?? 0);
        for (const end = ends[part] ?? 0; entry < end; entry += 1) {
          const place = entries[entry] ?? 0;
          gradient[place] = (gradient[place] ?? 0) + step;
        }
      }
      gradient[size] = (gradient[size] ?? 0) + slope;
    }
    return loss;
  };
  return minimised(start ?? new Float64Array(size + 1), lossAndGradient);
}

/** All rows in one piece of memory: the training goes through them some hundred times. */
function flat(rows: readonly Row[]) {
  const parts = rows.flatMap(({ places }) => places);
  const entries = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0));
  const ends = new Uint32Array(parts.length);
  let end = 0;
  for (const [at, part] of parts.entries()) {
    entries.set(part, end);
    end += part.length;
    ends[at] = end;
  }
  return {
    entries,
    ends,
    scales: Float64Array.from(rows.flatMap(({ scales }) => scales)),
    signs: Float64Array.from(rows, ({ attack }) => (attack ? 1 : -1)),
    amounts: Float64Array.from(rows, ({ weight }) => weight),
  };
}

export function logitOf(row: Pick<Row, 'places' | 'scales'>, weights: Float64Array): number {
  let logit = weights[weights.length - 1] ?? 0;
  for (const group of groups) {
    let sum = 0;
    for (const place of row.places[group]) sum += weights[place] ?? 0;
    logit += sum * row.scales[group];
  }
  return logit;
}

const memory = 8;
const mostSteps = 120;

type Objective = (at: Float64Array, gradient: Float64Array) => number;

function minimised(start: Float64Array, objective: Objective): Float64Array {
  let at = start.slice();
  let gradient = new Float64Array(at.length);
  let value = objective(at, gradient);
  const steps: { move: Float64Array; change: Float64Array; curvature: number }[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    const direction = descent(gradient, steps);
    const slope = dot(direction, gradient);
    if (slope > -1e-10) break;
    let length = step === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = at;
    const nextGradient = new Float64Array(at.length);
    let nextValue = Infinity;
    for (let attempt = 0; attempt < 20 && !(nextValue <= value + 1e-4 * length * slope); attempt += 1) {
      if (attempt > 0) length /= 2;
      next = at.map((weight, place) => weight + length * (direction[place] ?? 0));
      nextValue = objective(next, nextGradient);
    }
    if (!(nextValue < value)) break;
    const move = next.map((weight, place) => weight - (at[place] ?? 0));
    const change = nextGradient.map((each, place) => each - (gradient[place] ?? 0));
    const curvature = dot(move, change);
    if (curvature > 1e-12) steps.push({ move, change, curvature });
    if (steps.length > memory) steps.shift();
    const gained = (value - nextValue) / Math.max(1, Math.abs(value));
    [at, gradient, value] = [next, nextGradient, nextValue];
    if (gained < 2e-5) break;
  }
  return at;
}

function descent(
  gradient: Float64Array,
  steps: readonly { readonly move: Float64Array; readonly change: Float64Array; readonly curvature: number }[],
): Float64Array {
  const direction = gradient.slice();
  const factors: number[] = [];
  for (const { move, change, curvature } of steps.toReversed()) {
    const factor = dot(move, direction) / curvature;
    factors.push(factor);
    add(direction, change, -factor);
  }
  const last = steps.at(-1);
  const scale = last === undefined ? 1 : last.curvature / dot(last.change, last.change);
  for (let place = 0; place < direction.length; place += 1) direction[place] = (direction[place] ?? 0) * scale;
  for (const { move, change, curvature } of steps) {
    add(direction, move, (factors.pop() ?? 0) - dot(change, direction) / curvature);
  }
  return direction.map((each) => -each);
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < left.length; at += 1) sum += (left[at] ?? 0) * (right[at] ?? 0);
  return sum;
}

function add(to: Float64Array, what: Float64Array, factor: number): void {
  for (let at = 0; at < to.length; at += 1) to[at] = (to[at] ?? 0) + factor * (what[at] ?? 0);
}
