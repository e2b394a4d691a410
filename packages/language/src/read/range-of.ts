import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node } from 'yaml';
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
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
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
