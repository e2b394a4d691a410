import type { StepOutline } from '@telos/contract';
import { useMemo, useState } from 'preact/hooks';
import { StatusMark, statusWord } from '../parts/status-mark.tsx';
import type { RowStatus } from '../run/run-model.ts';
import { layoutGraph } from './layout-graph.ts';
import type { GraphEdge, GraphNode, Point } from './layout-graph.ts';

/** How far a step has come in a run. */
export type NodeState = {
  readonly status: RowStatus;
  /** How many instances have ended, where there are several. */
  readonly done: number;
  /** How many there are; absent where it is one. */
  readonly of?: number;
};

export type StepGraphProps = {
  readonly steps: readonly StepOutline[];
  /** By outline path; absent where no run is shown. */
  readonly states?: ReadonlyMap<string, NodeState>;
  /** Outline path. */
  readonly selected?: string;
  readonly label: string;
  readonly onSelect: (step: StepOutline) => void;
};

const margin = 16;

/** The steps of a workflow and what comes after what; one stop for Tab, the arrow keys move within. */
export function StepGraph({ steps, states, selected, label, onSelect }: StepGraphProps) {
  const graph = useMemo(() => layoutGraph(steps), [steps]);
  const [current, setCurrent] = useState(0);
  const chosen = graph.nodes.findIndex(({ step }) => step.path === selected);
  const at = chosen === -1 ? Math.min(current, graph.nodes.length - 1) : chosen;

  const focus = (root: EventTarget & SVGSVGElement, index: number) => {
    const target = Math.min(Math.max(index, 0), graph.nodes.length - 1);
    const step = graph.nodes[target]?.step;
    setCurrent(target);
    root.querySelector<SVGGElement>(`[data-index="${target}"]`)?.focus();
    if (selected !== undefined && step !== undefined) onSelect(step);
  };
  return (
    <div class="graph">
      <svg
        width={graph.width + margin * 2}
        height={graph.height + margin * 2}
        viewBox={`${-margin} ${-margin} ${graph.width + margin * 2} ${graph.height + margin * 2}`}
        role="group"
        aria-label={label}
        onKeyDown={(event) => {
          if (event.metaKey || event.ctrlKey || event.altKey) return;
          const moves: Readonly<Record<string, number>> = {
            ArrowDown: at + 1,
            ArrowRight: at + 1,
            ArrowUp: at - 1,
            ArrowLeft: at - 1,
            Home: 0,
            End: graph.nodes.length - 1,
          };
          const step = graph.nodes[at]?.step;
          const to = moves[event.key];
          if (to !== undefined) focus(event.currentTarget, to);
          else if ((event.key === 'Enter' || event.key === ' ') && step !== undefined) onSelect(step);
          else return;
          event.preventDefault();
        }}
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path class="graph-tip" d="M0.5 0.5 7.5 4 0.5 7.5z" />
          </marker>
        </defs>
        {graph.nodes
          .filter(({ block }) => block)
          .map((node) => (
            <rect
              key={node.step.path}
              class="graph-block"
              x={node.x}
              y={node.y}
              width={node.width}
              height={node.height}
              rx={8}
            />
          ))}
        {graph.areas.map(({ label: name, x, y, width, height }) => (
          <g key={`${name} ${x} ${y}`}>
            <rect class="graph-area" x={x} y={y} width={width} height={height} rx={6} />
            <text class="graph-area-name" x={x + 10} y={y + 16}>
              {name}
            </text>
          </g>
        ))}
        {graph.edges.map((edge) => (
          <Arrow key={`${edge.from} ${edge.to}`} edge={edge} />
        ))}
        {graph.nodes.map((node, index) => (
          <Node
            key={node.step.path}
            node={node}
            index={index}
            reached={index === at}
            selected={node.step.path === selected}
            state={states?.get(node.step.path)}
            live={states !== undefined}
            onSelect={() => {
              setCurrent(index);
              onSelect(node.step);
            }}
          />
        ))}
      </svg>
    </div>
  );
}

function Arrow({ edge: { points } }: { readonly edge: GraphEdge }) {
  return <path class="graph-arrow" d={curve(points)} marker-end="url(#arrow)" />;
}

/** Down from each point to the next, bending half way. */
function curve(points: readonly Point[]): string {
  return points
    .map(([x, y], index) => {
      const before = points[index - 1];
      if (before === undefined) return `M${x} ${y}`;
      const middle = (before[1] + y) / 2;
      return `C${before[0]} ${middle} ${x} ${middle} ${x} ${y}`;
    })
    .join('');
}

type NodeProps = {
  readonly node: GraphNode;
  readonly index: number;
  /** Whether Tab comes here. */
  readonly reached: boolean;
  readonly selected: boolean;
  readonly state: NodeState | undefined;
  /** A run is shown: what has no state has not been reached. */
  readonly live: boolean;
  readonly onSelect: () => void;
};

function Node({ node, index, reached, selected, state, live, onSelect }: NodeProps) {
  const { step, x, y, width, height, block } = node;
  const status: RowStatus | undefined = state?.status ?? (live ? 'pending' : undefined);
  const kind = step.uses ?? step.kind;
  const several = state?.of === undefined ? '' : `${state.done} of ${state.of}`;
  const left = status === undefined ? 12 : 32;
  const room = width - left - 9;
  const count = state?.of === undefined ? '' : `${state.done}/${state.of}`;
  const words = [`${step.id} ${kind}`, status === undefined ? '' : statusWord(status), several];
  return (
    <>
      <g
        class={`graph-node ${status === undefined ? '' : `is-${status}`} ${selected ? 'is-selected' : ''}`}
        transform={`translate(${x} ${y})`}
        role="button"
        tabindex={reached ? 0 : -1}
        data-index={index}
        aria-label={words.filter((word) => word !== '').join(', ')}
        aria-pressed={selected}
        onClick={onSelect}
      >
        <rect class={block ? 'graph-head' : 'graph-box'} width={width} height={block ? 40 : height} rx={7} />
        {status !== undefined && (
          <g transform="translate(11 14)">
            <StatusMark status={status} />
          </g>
        )}
        {/* Clips what is too long; the name of the button has it whole. */}
        <svg x={left} y={4} width={room} height={16}>
          <text class="graph-name" y={13}>
            {step.id}
          </text>
        </svg>{' '}
        <svg x={left} y={20} width={Math.max(0, room - count.length * 6.6)} height={17}>
          <text class="graph-note" y={13}>
            {kind}
          </text>
        </svg>
      </g>
      {count !== '' && (
        <text class="graph-note graph-count" aria-hidden="true" x={x + width - 9} y={y + 33}>
          {count}
        </text>
      )}
    </>
  );
}
