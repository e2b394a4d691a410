/**
 * One head from its examples. An attack is a bag of windows of which one at
 * least is the attack; which one, the model of the round before says. All
 * windows of what is harmless are harmless.
 */
import { placeBits } from '../../src/injection/model/linear-model.ts';
import type { Bag, Instance } from './bag.ts';
import { fitLogistic, logitOf } from './logistic.ts';
import type { Penalties, Row } from './logistic.ts';

export type Fit = { readonly weights: Float64Array };

export type FitOptions = Penalties & {
  readonly rounds: number;
  /** A place counts when so many groups of examples have it. */
  readonly fewestGroups: number;
  /** What all attacks weigh together, where what is harmless weighs 1. */
  readonly attackShare: number;
};

export const size = 2 ** placeBits;

export function fitHead(bags: readonly Bag[], options: FitOptions): Fit {
  const kept = placesOfSeveralGroups(bags, options.fewestGroups);
  const trimmed = bags.map(({ example, instances }) => ({ example, instances: instances.map((each) => trim(each, kept)) }));
  const totals = { attack: 0, harmless: 0 };
  for (const { example } of bags) totals[example.attack ? 'attack' : 'harmless'] += example.weight;
  let weights: Float64Array | undefined;
  for (let round = 0; round < options.rounds; round += 1) {
    const rows: Row[] = [];
    for (const { example, instances } of trimmed) {
      if (instances.length === 0) continue;
      const share = example.weight * (example.attack ? (options.attackShare * totals.harmless) / totals.attack : 1);
      rows.push(...rowsOf(example.attack, instances, share, weights));
    }
    weights = fitLogistic(rows, size, options, weights);
  }
  return { weights: weights ?? new Float64Array(size + 1) };
}

function rowsOf(
  attack: boolean,
  instances: readonly Instance[],
  weight: number,
  model: Float64Array | undefined,
): readonly Row[] {
  const ranked = instances
    .map((instance, at) => ({ instance, logit: model === undefined ? -at : logitOf(instance, model, size) }))
    .toSorted((left, right) => right.logit - left.logit);
  if (!attack) {
    // The windows that look worst decide, so they count most.
    return ranked.slice(0, 40).map(({ instance }, at) => ({ ...instance, attack, weight: weight * (at < 3 ? 0.6 : 0.15) }));
  }
  const candidates = ranked.filter(({ instance }) => instance.inside >= 0.5);
  const outside = ranked.filter(({ instance }) => instance.inside === 0).slice(0, 10);
  const chosen = (candidates.length > 0 ? candidates : ranked.toSorted((a, b) => b.instance.inside - a.instance.inside)).slice(
    0,
    model === undefined ? 6 : 2,
  );
  return [
    ...chosen.map(({ instance }) => ({ ...instance, attack, weight: weight / chosen.length })),
    ...outside.map(({ instance }) => ({ ...instance, attack: false, weight: weight * 0.05 })),
  ];
}

export function scoreOf({ instances }: Bag, { weights }: Fit): number {
  return instances.reduce((most, instance) => Math.max(most, logitOf(instance, weights, size)), -20);
}

function placesOfSeveralGroups(bags: readonly Bag[], fewest: number): Uint8Array {
  const counts = new Uint16Array(size);
  const byGroup = new Map<string, Set<number>>();
  for (const { example, instances } of bags) {
    const key = `${example.set} ${example.group}`;
    let seen = byGroup.get(key);
    if (seen === undefined) byGroup.set(key, (seen = new Set()));
    for (const { places } of instances) {
      for (const place of [...places[0], ...places[1], ...places[2]]) {
        if (seen.has(place)) continue;
        seen.add(place);
        counts[place] = Math.min(65_535, (counts[place] ?? 0) + 1);
      }
    }
  }
  return Uint8Array.from(counts, (count) => (count >= fewest ? 1 : 0));
}

function trim(instance: Instance, kept: Uint8Array): Instance {
  const held = (places: Uint32Array): Uint32Array => places.filter((place) => kept[place] === 1);
  const [concepts, pairs, words] = instance.places;
  return { ...instance, places: [held(concepts), held(pairs), held(words)] };
}
