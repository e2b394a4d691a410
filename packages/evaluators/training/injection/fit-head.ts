/**
 * One head from its examples. An attack is a bag of windows of which one at
 * least is the attack; which one, the model of the round before says. All
 * windows of what is harmless are harmless.
 */
import { placeBits } from '../../src/injection/model/linear-model.ts';
import type { Bag, Instance } from './bag.ts';
import { fitLogistic, logitOf } from './logistic.ts';
import type { Penalties, Row } from './logistic.ts';

/** One for each place, and the bias behind them. */
export type Fit = { readonly weights: Float64Array };

export type FitOptions = Penalties & {
  readonly rounds: number;
  /** A place counts when so many groups of examples have it. */
  readonly fewestGroups: number;
  /** What all attacks weigh together, where what is harmless weighs 1. */
  readonly attackShare: number;
};

const size = 2 ** placeBits;
/** Of one harmless text: the windows that look worst are learned from, and the very worst most. */
const mostHarmless = 24;

export function fitHead(bags: readonly Bag[], options: FitOptions): Fit {
  const places = countedPlaces(bags, options.fewestGroups);
  const numberOf = new Int32Array(size).fill(-1);
  for (const [number, place] of places.entries()) numberOf[place] = number;
  const trimmed = bags.map(({ example, instances }) => ({
    example,
    instances: instances.map((each) => renumbered(each, numberOf)),
  }));
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
    weights = fitLogistic(rows, places.length, options, weights);
  }
  const all = new Float64Array(size + 1);
  for (const [number, place] of places.entries()) all[place] = weights?.[number] ?? 0;
  all[size] = weights?.[places.length] ?? 0;
  return { weights: all };
}

function rowsOf(
  attack: boolean,
  instances: readonly Instance[],
  weight: number,
  model: Float64Array | undefined,
): readonly Row[] {
  const ranked = instances
    .map((instance, at) => ({ instance, logit: model === undefined ? -at : logitOf(instance, model) }))
    .toSorted((left, right) => right.logit - left.logit);
  if (!attack) {
    return ranked
      .slice(0, mostHarmless)
      .map(({ instance }, at) => ({ ...instance, attack, weight: weight * (at < 3 ? 0.6 : 0.15) }));
  }
  const candidates = ranked.filter(({ instance }) => instance.inside >= 0.5);
  const outside = ranked.filter(({ instance }) => instance.inside === 0).slice(0, 10);
  const chosen = (
    candidates.length > 0 ? candidates : ranked.toSorted((a, b) => b.instance.inside - a.instance.inside)
  ).slice(0, model === undefined ? 6 : 2);
  return [
    ...chosen.map(({ instance }) => ({ ...instance, attack, weight: weight / chosen.length })),
    ...outside.map(({ instance }) => ({ ...instance, attack: false, weight: weight * 0.05 })),
  ];
}

export function scoreOf({ instances }: Bag, { weights }: Fit): number {
  return instances.reduce((most, instance) => Math.max(most, logitOf(instance, weights)), -20);
}

/** The places that several groups have, the most frequent first: what is often asked for lies together in memory. */
function countedPlaces(bags: readonly Bag[], fewest: number): readonly number[] {
  const counts = new Uint16Array(size);
  const byGroup = new Map<string, Set<number>>();
  for (const { example, instances } of bags) {
    const key = `${example.set} ${example.group}`;
    let seen = byGroup.get(key);
    if (seen === undefined) byGroup.set(key, (seen = new Set()));
    for (const { places } of instances) {
      for (const group of places) {
        for (const place of group) {
          if (seen.has(place)) continue;
          seen.add(place);
          counts[place] = Math.min(65_535, (counts[place] ?? 0) + 1);
        }
      }
    }
  }
  return [...counts.keys()]
    .filter((place) => (counts[place] ?? 0) >= fewest)
    .toSorted((left, right) => (counts[right] ?? 0) - (counts[left] ?? 0) || left - right);
}

function renumbered(instance: Instance, numberOf: Int32Array): Instance {
  const known = (places: Uint32Array): Uint32Array =>
    places.map((place) => numberOf[place] ?? -1).filter((number) => number !== 0xffffffff);
  const [concepts, pairs, words] = instance.places;
  return { ...instance, places: [known(concepts), known(pairs), known(words)] };
}
