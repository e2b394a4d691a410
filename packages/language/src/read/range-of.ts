import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Place } from '../text/place.ts';

/** Where a key, or the value under it, stands in the text: start and end offsets. The nearest place around it when it has none. */
export function rangeOf(document: Document.Parsed, place: Place, at: 'key' | 'value'): readonly [number, number] {
  let range: readonly [number, number] = [0, 0];
  let node: unknown = document.contents;
  const take = (candidate: unknown): void => {
    const found = (candidate as Node | null | undefined)?.range; // null for what is not written
    if (found !== null && found !== undefined) range = [found[0], found[1]];
  };
  take(node);
  for (const [index, part] of place.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      take(node);
    } else if (isMap(node)) {
      const pair = pairsOf(node).get(String(part));
      if (pair === undefined) return range;
      take(pair.key);
      if (index === place.length - 1 && at === 'key') return range;
      node = pair.value;
      take(node);
    } else {
      return range;
    }
  }
  return range;
}

type Pairs = ReadonlyMap<string, Pair>;

/** Of maps that were asked already: a report may hold a fault for each of their keys. */
const known = new WeakMap<YAMLMap, Pairs>();

/** The pairs of a map by key; of a key that stands twice, the first. */
function pairsOf(map: YAMLMap): Pairs {
  const found = known.get(map);
  if (found !== undefined) return found;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) {
    const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (name !== undefined && !pairs.has(name)) pairs.set(name, pair);
  }
  known.set(map, pairs);
  return pairs;
}
