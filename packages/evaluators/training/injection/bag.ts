/** An example as the model sees it: the windows of its texts, each a list of places. */
import { partsOf } from '../../src/injection/text/analysis.ts';
import { heads } from '../../src/injection/model/heads.ts';
import type { HeadName } from '../../src/injection/model/heads.ts';
import { placesOf, scaleOf } from '../../src/injection/model/linear-model.ts';
import { visitWindows } from '../../src/injection/model/visit-windows.ts';
import type { Example } from './example.ts';

export type Instance = {
  /** Places of each group of features. */
  readonly places: readonly [Uint32Array, Uint32Array, Uint32Array];
  readonly scales: readonly [number, number, number];
  /** The part of the window that lies in the attack, in [0, 1]; 1 where no span is known. */
  readonly inside: number;
};

export type Bag = { readonly example: Example; readonly instances: readonly Instance[] };

export function bagOf(example: Example, head: HeadName): Bag {
  const instances: Instance[] = [];
  for (const text of example.texts) {
    for (const part of partsOf(text)) {
      let places: [Set<number>, Set<number>, Set<number>] = [new Set(), new Set(), new Set()];
      const { tokens, inner } = part;
      visitWindows(part, heads[head], {
        begin: () => {
          places = [new Set(), new Set(), new Set()];
        },
        sink: (group, feature) => places[group].add(placesOf(feature)),
        end: ({ from, to }) => {
          const start = inner?.start ?? tokens.folded.from[tokens.starts[from] ?? 0] ?? 0;
          const end = inner?.end ?? tokens.folded.from[(tokens.ends[to - 1] ?? 1) - 1] ?? 0;
          instances.push({
            places: [Uint32Array.from(places[0]), Uint32Array.from(places[1]), Uint32Array.from(places[2])],
            scales: [scaleOf(0, places[0].size), scaleOf(1, places[1].size), scaleOf(2, places[2].size)],
            inside: insideOf(example, start, end + 1),
          });
        },
      });
    }
  }
  return { example, instances };
}

function insideOf({ span }: Example, start: number, end: number): number {
  if (span === undefined) return 1;
  const shared = Math.min(span.end, end) - Math.max(span.start, start);
  return Math.max(0, shared) / Math.max(1, end - start);
}
