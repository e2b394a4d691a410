import { formatCount, formatScore } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { now } from '../parts/now.ts';
import { StatusMark, statusWord } from '../parts/status-mark.tsx';
import { idleSegments, segmentsOf } from './step-segments.ts';
import type { Segment } from './step-segments.ts';
import type { TreeRow } from './step-tree.ts';
import { extentOf } from './time-scale.ts';
import type { Extent, TimeScale } from './time-scale.ts';
import { idleStretches } from './time-spent.ts';

export type StepRowProps = {
  readonly row: TreeRow;
  readonly index: number;
  readonly top: number;
  readonly id: string;
  readonly selected: boolean;
  readonly scale: TimeScale;
  /** Marks on the time axis, in per cent. */
  readonly marks: readonly number[];
  /** The last thing that a running step reported. */
  readonly progress?: string;
  readonly onSelect: (index: number) => void;
  readonly onToggle: (row: TreeRow) => void;
};

/** One row of the tree: what it is on the left, when it was on the right. */
export function StepRow({ row, index, top, id, selected, scale, marks, progress, onSelect, onToggle }: StepRowProps) {
  const length = row.startedAt === undefined ? undefined : (row.endedAt ?? now.value) - row.startedAt;
  const gate = row.kind === 'step' ? row.step.gate : undefined;
  const retried = row.kind === 'step' && row.step.attempt > 1 ? row.step.attempt : undefined;
  return (
    <div
      id={id}
      class={`step-row kind-${row.kind}`}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-posinset={row.position}
      aria-setsize={row.siblings}
      aria-selected={selected}
      {...(row.expandable ? { 'aria-expanded': row.expanded } : {})}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(index)}
    >
      <span class="step-name" style={{ paddingInlineStart: `calc(${row.depth} * var(--indent))` }}>
        <span
          class={row.expandable ? 'twist' : 'twist is-empty'}
          onClick={(event) => {
            if (!row.expandable) return;
            event.stopPropagation();
            onToggle(row);
          }}
        >
          {row.expandable && (
            <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true" class={row.expanded ? 'is-open' : ''}>
              <path
                d="m6 4 4 4-4 4"
                fill="none"
                stroke="currentColor"
                stroke-width="1.8"
                stroke-linecap="round"
                stroke-linejoin="round"
              />
            </svg>
          )}
        </span>
        <StatusMark status={row.status} />
        {row.prefix !== undefined && <span class="prefix">{row.prefix}</span>}
        <span class="label">{row.label}</span>
        <span class="note">{progress ?? row.note}</span>
        <span class="sr-only"> {statusWord(row.status)} </span>
        {row.kind === 'step' && row.step.block?.count !== undefined && (
          <span class="note">× {formatCount(row.step.block.count)}</span>
        )}
        {retried !== undefined && (
          <span class="badge" title={`${retried} attempts`}>
            ↻ {retried}
          </span>
        )}
        {gate !== undefined && (
          <span
            class={gate.passed ? 'badge is-succeeded' : 'badge is-failed'}
            title={gate.passed ? 'The gate was passed' : 'The gate was not passed'}
          >
            {formatScore(gate.score)}
          </span>
        )}
      </span>
      <span class="step-time number">{length === undefined ? '' : formatDuration(length)}</span>
      <span class="lane" aria-hidden="true">
        {marks.map((left) => (
          <i key={left} class="grid-line" style={{ left: `${left}%` }} />
        ))}
        <Bars row={row} scale={scale} />
      </span>
    </div>
  );
}

function Bars({ row, scale }: { readonly row: TreeRow; readonly scale: TimeScale }) {
  const at = now.value;
  if (row.kind === 'step' && row.startedAt !== undefined) {
    const { attempts, waits, step } = row;
    const idle = idleStretches(attempts, waits, at, step.endedAt);
    // Of a block the steps inside it show what it did.
    if (attempts.length === 0 || step.block !== undefined)
      return (
        <>
          <Bar {...extentOf(scale, row.startedAt, row.endedAt ?? at)} class={`is-block tone-${toneOf(row)}`} />
          <Segments segments={idleSegments(idle, scale)} />
        </>
      );
    return <Segments segments={segmentsOf(attempts, idle, scale, at)} />;
  }
  const from = row.kind === 'run' ? row.createdAt : row.startedAt;
  if (from === undefined) return null;
  const begun = row.startedAt ?? row.endedAt ?? at;
  const kind = row.kind === 'call' || row.kind === 'attempt' ? row.kind : 'block';
  return (
    <>
      {begun > from && <Bar {...extentOf(scale, from, begun)} class="is-idle tone-limit" />}
      {row.startedAt !== undefined && (
        <Bar {...extentOf(scale, begun, row.endedAt ?? at)} class={`is-${kind} tone-${toneOf(row)}`} />
      )}
    </>
  );
}

function Segments({ segments }: { readonly segments: readonly Segment[] }) {
  return (
    <>
      {segments.map(({ left, width, kind, tone }, index) => (
        <Bar key={index} left={left} width={width} class={`is-${kind} tone-${tone}`} />
      ))}
    </>
  );
}

function Bar({ left, width, class: kind }: Extent & { readonly class: string }) {
  return <i class={`bar ${kind}`} style={{ left: `${left}%`, width: `${width}%` }} />;
}

function toneOf(row: TreeRow): string {
  if (row.status !== 'succeeded') return row.status;
  return row.kind === 'call' && (row.call.kind === 'chat' || row.call.kind === 'embedding') ? 'model' : 'done';
}
