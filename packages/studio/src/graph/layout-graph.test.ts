import type { StepOutline } from '@telos/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutGraph } from './layout-graph.ts';
import type { Graph, GraphNode } from './layout-graph.ts';

function step(path: string, after: readonly string[] = [], parent?: string): StepOutline {
  const id = path.slice(path.lastIndexOf('.') + 1);
  return {
    path,
    id,
    kind: 'action',
    uses: 'transform',
    after: [...after],
    ...(parent === undefined ? {} : { parent }),
  };
}

const nodeOf = (graph: Graph, path: string): GraphNode => {
  const found = graph.nodes.find((node) => node.step.path === path);
  if (found === undefined) throw new Error(`${path} is not drawn`);
  return found;
};
const inside = (inner: { x: number; y: number; width: number; height: number }, outer: typeof inner) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;
const apart = (a: GraphNode, b: GraphNode) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

describe('the picture of a workflow', () => {
  it('puts a step below all that must end before it', () => {
    const graph = layoutGraph([step('a'), step('b', ['a']), step('c', ['a']), step('d', ['b', 'c'])]);
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((path) => nodeOf(graph, path));
    expect(b?.y).toBe(c?.y);
    expect(b?.y).toBeGreaterThan(a?.y ?? 0);
    expect(d?.y).toBeGreaterThan(b?.y ?? 0);
    expect(graph.edges.map(({ from, to }) => `${from} ${to}`).sort()).toEqual(['a b', 'a c', 'b d', 'c d']);
  });

  it('draws no arrow that two others say already', () => {
    const graph = layoutGraph([step('a'), step('b', ['a']), step('c', ['a', 'b'])]);
    expect(graph.edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'b c']);
  });

  it('leads an arrow past the steps between its ends', () => {
    const graph = layoutGraph([step('a'), step('b', ['a']), step('c', ['b']), step('x'), step('d', ['c', 'x'])]);
    const long = graph.edges.find(({ from }) => from === 'x');
    expect(long?.points.length).toBeGreaterThan(2);
    for (const [x, y] of long?.points.slice(1, -1) ?? [])
      for (const node of graph.nodes)
        expect(x > node.x && x < node.x + node.width && y > node.y && y < node.y + node.height).toBe(false);
  });

  it('holds what is inside a block, with branches side by side under their names', () => {
    const graph = layoutGraph([
      step('both'),
      step('both.left.read', [], 'both'),
      step('both.right.read', [], 'both'),
      step('both.right.note', ['read'], 'both'),
      step('each', ['both']),
      step('each.one', [], 'each'),
    ]);
    const both = nodeOf(graph, 'both');
    expect(both.block).toBe(true);
    for (const path of ['both.left.read', 'both.right.read', 'both.right.note'])
      expect(inside(nodeOf(graph, path), both)).toBe(true);
    expect(graph.areas.map(({ label }) => label)).toEqual(['left', 'right']);
    expect(nodeOf(graph, 'both.right.read').x).toBeGreaterThan(nodeOf(graph, 'both.left.read').x);
    expect(inside(nodeOf(graph, 'each.one'), nodeOf(graph, 'each'))).toBe(true);
    expect(graph.edges).toMatchObject([
      { from: 'both.right.read', to: 'both.right.note' },
      { from: 'both', to: 'each' },
    ]);
  });

  it('puts handlers below the rest, each by itself', () => {
    const graph = layoutGraph([step('a'), step('catch[0].tell'), step('finally.close')]);
    expect(graph.areas.map(({ label }) => label)).toEqual(['catch 1', 'finally']);
    expect(nodeOf(graph, 'catch[0].tell').y).toBeGreaterThan(nodeOf(graph, 'a').y);
  });

  it('is empty for no steps', () => {
    expect(layoutGraph([])).toEqual({ width: 0, height: 0, nodes: [], areas: [], edges: [] });
  });

  it('keeps every two steps of a list apart, and all of them on the page, whatever comes before what', () => {
    const lists = fc.array(fc.array(fc.nat(19), { maxLength: 4 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(lists, (befores) => {
        const graph = layoutGraph(
          befores.map((before, index) =>
            step(
              `s${index}`,
              before.filter((one) => one < index).map((one) => `s${one}`),
            ),
          ),
        );
        expect(graph.nodes.length).toBe(befores.length);
        for (const [index, node] of graph.nodes.entries()) {
          expect(inside(node, { x: 0, y: 0, width: graph.width, height: graph.height })).toBe(true);
          for (const other of graph.nodes.slice(index + 1)) expect(apart(node, other)).toBe(true);
        }
      }),
    );
  });
});
