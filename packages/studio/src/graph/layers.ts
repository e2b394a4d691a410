/** One list of steps in layers: each below all that comes before it. */
export type Sized = {
  readonly id: string;
  /** Ids in the same list that come before it; others are passed over. */
  readonly after: readonly string[];
  readonly width: number;
  readonly height: number;
};

export type Placed = { readonly id: string; readonly x: number; readonly y: number };
type Arrow = { readonly from: string; readonly to: string; readonly points: readonly (readonly [number, number])[] };

export type Layers = {
  readonly width: number;
  readonly height: number;
  /** In the order of the list. */
  readonly placed: readonly Placed[];
  /** Without those that others imply: of a before b before c, none from a to c. */
  readonly edges: readonly Arrow[];
};

const gapX = 22;
const gapY = 34;
const sweeps = 4;
/** The width that an arrow keeps free in a layer that it passes. */
const passing = 10;

/** A step, or the place of an arrow in a layer that it passes. */
type Cell = { readonly key: string; readonly width: number; readonly height: number; x: number };

export function layersOf(list: readonly Sized[]): Layers {
  const ranks = ranksOf(list);
  const layers: Cell[][] = Array.from({ length: Math.max(0, ...ranks.values()) + (list.length > 0 ? 1 : 0) }, () => []);
  for (const { id, width, height } of list) layers[ranks.get(id) ?? 0]?.push({ key: id, width, height, x: 0 });

  const routes = impliedLeftOut(list, ranks).map(({ from, to }) => {
    const way = [from];
    for (let rank = (ranks.get(from) ?? 0) + 1; rank < (ranks.get(to) ?? 0); rank += 1) {
      const key = `${from} ${to} ${rank}`;
      layers[rank]?.push({ key, width: passing, height: 0, x: 0 });
      way.push(key);
    }
    return { from, to, way: [...way, to] };
  });
  order(layers, routes);

  const rowWidth = (layer: readonly Cell[]) => layer.reduce((sum, { width }) => sum + width + gapX, -gapX);
  const width = Math.max(0, ...layers.map(rowWidth));
  const rows = new Map<string, { readonly cell: Cell; readonly y: number; readonly bottom: number }>();
  let y = 0;
  for (const layer of layers) {
    const tallest = Math.max(0, ...layer.map(({ height }) => height));
    let x = (width - rowWidth(layer)) / 2;
    for (const cell of layer) {
      cell.x = x;
      x += cell.width + gapX;
      rows.set(cell.key, { cell, y, bottom: y + tallest });
    }
    y += tallest + gapY;
  }

  const placed = list.flatMap(({ id }) => {
    const row = rows.get(id);
    return row === undefined ? [] : [{ id, x: row.cell.x, y: row.y }];
  });
  const edges = routes.map(({ from, to, way }) => ({
    from,
    to,
    points: way.flatMap((key, index): (readonly [number, number])[] => {
      const row = rows.get(key);
      if (row === undefined) return [];
      const middle = row.cell.x + row.cell.width / 2;
      if (index === 0)
        return row.cell.height === row.bottom - row.y
          ? [[middle, row.bottom]]
          : [
              [middle, row.y + row.cell.height],
              [middle, row.bottom],
            ];
      return index === way.length - 1
        ? [[middle, row.y]]
        : [
            [middle, row.y],
            [middle, row.bottom],
          ];
    }),
  }));
  return { width, height: Math.max(0, y - gapY), placed, edges };
}

/** The length of the longest way to each step. A step that would come before itself is taken as it stands in the list. */
function ranksOf(list: readonly Sized[]): Map<string, number> {
  const known = new Map(list.map((step) => [step.id, step]));
  const ranks = new Map<string, number>();
  const entered = new Set<string>();
  const rankOf = (step: Sized): number => {
    const found = ranks.get(step.id);
    if (found !== undefined) return found;
    if (entered.has(step.id)) return 0;
    entered.add(step.id);
    let rank = 0;
    for (const id of step.after) {
      const before = known.get(id);
      if (before !== undefined) rank = Math.max(rank, rankOf(before) + 1);
    }
    ranks.set(step.id, rank);
    return rank;
  };
  // In the order of the list, so that long chains do not go deep.
  for (const step of list) rankOf(step);
  return ranks;
}

function impliedLeftOut(list: readonly Sized[], ranks: ReadonlyMap<string, number>) {
  const ancestors = new Map<string, ReadonlySet<string>>();
  const edges: { readonly from: string; readonly to: string }[] = [];
  for (const { id, after } of list.toSorted((a, b) => (ranks.get(a.id) ?? 0) - (ranks.get(b.id) ?? 0))) {
    const before = after.filter((one) => (ranks.get(one) ?? Infinity) < (ranks.get(id) ?? 0));
    const beyond = new Set(before.flatMap((one) => [...(ancestors.get(one) ?? [])]));
    for (const from of before) if (!beyond.has(from)) edges.push({ from, to: id });
    ancestors.set(id, new Set([...before, ...beyond]));
  }
  return edges;
}

/** Puts each layer in the order of the mean place of its neighbours: of the layer above, then below, some times. */
function order(layers: Cell[][], routes: readonly { readonly way: readonly string[] }[]): void {
  const above = new Map<string, string[]>();
  const below = new Map<string, string[]>();
  for (const { way } of routes) {
    for (const [index, key] of way.entries()) {
      const next = way[index + 1];
      if (next === undefined) continue;
      below.set(key, [...(below.get(key) ?? []), next]);
      above.set(next, [...(above.get(next) ?? []), key]);
    }
  }
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const down = sweep % 2 === 0;
    const neighbours = down ? above : below;
    for (const layer of down ? layers : layers.toReversed()) {
      const places = new Map(
        layers.flatMap((cells) => cells.map(({ key }, index) => [key, (index + 0.5) / cells.length])),
      );
      const mean = ({ key }: Cell): number => {
        const near = neighbours.get(key) ?? [];
        if (near.length === 0) return places.get(key) ?? 0;
        return near.reduce((sum, one) => sum + (places.get(one) ?? 0), 0) / near.length;
      };
      const means = new Map(layer.map((cell) => [cell, mean(cell)]));
      layer.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
    }
  }
}
