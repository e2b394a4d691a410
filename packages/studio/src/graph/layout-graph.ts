/**
 * Where the steps of a workflow stand in a picture of it.
 *
 * Each list of steps is laid out by itself, in layers: a step stands below all
 * that must end before it. Order within a layer follows the neighbours above
 * and below (their mean, a few sweeps), and an arrow that passes a layer gets a
 * place of its own in it, so that it crosses no step. A block is as large as
 * the lists inside it, which stand side by side. Lengths are pixels.
 */
import type { StepOutline } from '@telos/contract';
import { layersOf } from './layers.ts';
import type { Placed } from './layers.ts';

export type Point = readonly [x: number, y: number];

export type GraphNode = {
  readonly step: StepOutline;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether other steps stand inside. */
  readonly block: boolean;
};

/** A list that has a name: a branch, a case, a handler. */
export type GraphArea = {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** From the bottom of one step to the top of another, by way of `points`. */
export type GraphEdge = { readonly from: string; readonly to: string; readonly points: readonly Point[] };

export type Graph = {
  readonly width: number;
  readonly height: number;
  /** A block before what is inside it. */
  readonly nodes: readonly GraphNode[];
  readonly areas: readonly GraphArea[];
  readonly edges: readonly GraphEdge[];
};

const nodeHeight = 42;
const narrowest = 128;
const widest = 230;
const headHeight = 42;
const padding = 14;
const areaHead = 20;
const gap = 18;

/** @param steps As the server outlines them: a block before what is inside it. */
export function layoutGraph(steps: readonly StepOutline[]): Graph {
  const lists = Map.groupBy(steps, listOf);
  const blocks = Map.groupBy([...lists.keys()], (list) => lists.get(list)?.[0]?.parent);
  const own = layoutList(lists.get('') ?? []);
  const handlers = [...lists.keys()].filter((list) => list === 'finally' || /^catch\[\d+\]$/.test(list));
  const below = sideBySide(
    handlers.map((list) => ({ label: handlerName(list), inner: layoutList(lists.get(list) ?? []) })),
  );
  if (handlers.length === 0) return own;
  const top = own.height + gap * 2;
  return joined(Math.max(own.width, below.width), top + below.height, [moved(own, 0, 0), moved(below, 0, top)]);

  function layoutList(list: readonly StepOutline[]): Graph {
    const insides = new Map(list.map((step) => [step.id, layoutBlock(step)]));
    const sized = list.map(({ id, after }) => {
      const { width, height } = insides.get(id) ?? { width: 0, height: 0 };
      return { id, after, width, height };
    });
    const { width, height, placed, edges } = layersOf(sized);
    const paths = new Map(list.map(({ id, path }) => [id, path]));
    const path = (id: string) => paths.get(id) ?? id;
    const parts = placed.flatMap(({ id, x, y }: Placed) => {
      const inside = insides.get(id);
      return inside === undefined ? [] : [moved(inside, x, y)];
    });
    const drawn = joined(width, height, parts);
    const arrows = edges.map(({ from, to, points }) => ({ from: path(from), to: path(to), points }));
    return { ...drawn, edges: [...drawn.edges, ...arrows] };
  }

  /** A step at the origin, with what is inside it. */
  function layoutBlock(step: StepOutline): Graph {
    const inner = (blocks.get(step.path) ?? []).map((list) => ({
      label: branchName(list.slice(step.path.length)),
      inner: layoutList(lists.get(list) ?? []),
    }));
    const wide = widthOf(step);
    if (inner.length === 0) return alone({ step, x: 0, y: 0, width: wide, height: nodeHeight, block: false });
    const body = sideBySide(inner);
    const width = Math.max(wide, body.width + padding * 2);
    const height = headHeight + body.height + padding;
    const left = (width - body.width) / 2;
    const frame = alone({ step, x: 0, y: 0, width, height, block: true });
    return joined(width, height, [frame, moved(body, left, headHeight)]);
  }
}

function sideBySide(lists: readonly { readonly label: string; readonly inner: Graph }[]): Graph {
  const parts: Graph[] = [];
  let x = 0;
  const named = lists.some(({ label }) => label !== '');
  const tallest = Math.max(0, ...lists.map(({ inner }) => inner.height));
  for (const { label, inner } of lists) {
    if (!named) {
      parts.push(moved(inner, x, 0));
      x += inner.width + gap;
      continue;
    }
    const width = Math.max(inner.width + padding * 2, label.length * 7 + padding * 2);
    const area = { label, x, y: 0, width, height: tallest + areaHead + padding * 2 };
    parts.push({ width, height: area.height, nodes: [], areas: [area], edges: [] });
    parts.push(moved(inner, x + (width - inner.width) / 2, areaHead + padding));
    x += width + gap;
  }
  const height = named ? tallest + areaHead + padding * 2 : tallest;
  return joined(Math.max(0, x - gap), height, parts);
}

function alone(node: GraphNode): Graph {
  return { width: node.width, height: node.height, nodes: [node], areas: [], edges: [] };
}

function joined(width: number, height: number, parts: readonly Graph[]): Graph {
  return {
    width,
    height,
    nodes: parts.flatMap(({ nodes }) => nodes),
    areas: parts.flatMap(({ areas }) => areas),
    edges: parts.flatMap(({ edges }) => edges),
  };
}

function moved(graph: Graph, dx: number, dy: number): Graph {
  const shifted = <T extends { readonly x: number; readonly y: number }>(one: T): T => ({
    ...one,
    x: one.x + dx,
    y: one.y + dy,
  });
  return {
    ...graph,
    nodes: graph.nodes.map(shifted),
    areas: graph.areas.map(shifted),
    edges: graph.edges.map((edge) => ({ ...edge, points: edge.points.map(([x, y]): Point => [x + dx, y + dy]) })),
  };
}

/** `both.left` of `both.left.read`; '' for a step of the workflow's own list. */
function listOf({ path, id }: StepOutline): string {
  return path === id ? '' : path.slice(0, -id.length - 1);
}

function branchName(key: string): string {
  if (key === '') return '';
  return key.startsWith('[') ? `case ${Number(key.slice(1, -1)) + 1}` : key.slice(1);
}

function handlerName(list: string): string {
  return list === 'finally' ? list : `catch ${Number(list.slice(6, -1)) + 1}`;
}

function widthOf({ id, uses, kind }: StepOutline): number {
  const text = Math.max(id.length * 7.6, (uses ?? kind).length * 6.4);
  return Math.round(Math.min(widest, Math.max(narrowest, text + 50)));
}
