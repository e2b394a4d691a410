import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { ComponentChild, ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { formatTick } from '../format/duration.ts';
import { plural } from '../format/amount.ts';
import { isTyping } from '../parts/is-typing.ts';
import { isSheet } from '../parts/media.ts';
import { now } from '../parts/now.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { useWindow } from '../parts/use-window.ts';
import { criticalPath } from './critical-path.ts';
import { hasEnded } from './run-model.ts';
import type { RunModel } from './run-model.ts';
import type { RunStore } from './run-store.ts';
import { StepRow } from './step-row.tsx';
import { treeRows } from './step-tree.ts';
import type { TreeRow } from './step-tree.ts';
import { ticks, timeScale } from './time-scale.ts';
import { WaterfallLegend } from './waterfall-legend.tsx';

export type StepTreeViewProps = {
  readonly store: RunStore;
  readonly model: RunModel;
  /** Leads to the other views of the steps. */
  readonly viewSwitch: ComponentChild;
  /** Key of the selected row. */
  readonly selected: string;
  readonly onSelect: (row: TreeRow) => void;
  /** Enter, or a press on a row: the reader wants to see it. */
  readonly onOpen: (row: TreeRow) => void;
  /** The reader wants the run done again from this row on. */
  readonly onFork: (row: TreeRow) => void;
  readonly onLeave: () => void;
};

const rowHeight = 30;
const headHeight = 30;

/** The steps of a run as a tree, with a waterfall of their time beside it. */
export function StepTreeView(props: StepTreeViewProps) {
  const { store, model, viewSwitch, selected, onSelect, onOpen, onFork, onLeave } = props;
  const toggled = useSignal<ReadonlyMap<string, boolean>>(new Map());
  const filter = useSignal('');
  const only = useSignal<'failed' | 'critical' | undefined>(undefined);
  const tree = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);

  const revision = store.revision.value;
  const rows = useMemo(
    () =>
      treeRows(model, {
        toggled: toggled.value,
        filter: filter.value,
        failedOnly: only.value === 'failed',
        only: only.value === 'critical' ? criticalPath(model, now.peek()) : undefined,
      }),
    [model, revision, toggled.value, filter.value, only.value],
  );
  const { scroller, first, end, reveal } = useWindow(rows.length, rowHeight, headHeight);
  const at = Math.max(
    0,
    rows.findIndex(({ key }) => key === selected),
  );

  const from = Date.parse(model.detail.created_at);
  const scale = timeScale(from, hasEnded(model.status) ? (model.endedAt ?? from) : now.value);
  const marks = ticks(scale, isSheet.value ? 3 : 6);
  const lines = useMemo(() => marks.map(({ left }) => left), [marks.map(({ left }) => left).join()]);
  void store.liveRevision.value;

  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      if (event.key !== '/' || isTyping(event.target) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      search.current?.select();
    };
    addEventListener('keydown', focus);
    return () => removeEventListener('keydown', focus);
  }, []);
  useEffect(() => {
    reveal(at);
    tree.current?.focus({ preventScroll: true });
  }, []);

  const select = (index: number) => {
    const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (row === undefined) return;
    onSelect(row);
    reveal(rows.indexOf(row));
  };
  const toggle = (row: TreeRow) => {
    toggled.value = new Map(toggled.value).set(row.key, !row.expanded);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    const row = rows[at];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 300) / rowHeight) - 2);
    switch (event.key) {
      case 'ArrowDown':
        select(at + 1);
        break;
      case 'ArrowUp':
        select(at - 1);
        break;
      case 'PageDown':
        select(at + page);
        break;
      case 'PageUp':
        select(at - page);
        break;
      case 'Home':
        select(0);
        break;
      case 'End':
        select(rows.length - 1);
        break;
      case 'ArrowRight':
        if (row?.expandable !== true) return;
        if (row.expanded) select(at + 1);
        else toggle(row);
        break;
      case 'ArrowLeft':
        if (row?.expandable === true && row.expanded) toggle(row);
        else select(parentOf(rows, at));
        break;
      case ' ':
        if (row?.expandable === true) toggle(row);
        break;
      case 'Enter':
        if (row !== undefined) onOpen(row);
        break;
      case 'f':
        if (row !== undefined) onFork(row);
        break;
      case 'Escape':
        onLeave();
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const failures = model.detail.steps.length > 0 && rows.some(({ status }) => status === 'failed');
  return (
    <section class="steps" aria-label="Steps">
      <div class="steps-tools">
        {viewSwitch}
        <label class="search-field">
          <span class="sr-only">Find steps by path or tool</span>
          <input
            ref={search}
            type="search"
            placeholder="Find a step"
            value={filter.value}
            onInput={(event) => {
              filter.value = event.currentTarget.value;
            }}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && filter.value !== '') filter.value = '';
              else if (event.key === 'Escape' || event.key === 'ArrowDown' || event.key === 'Enter') {
                tree.current?.focus();
              } else return;
              event.preventDefault();
            }}
          />
          <kbd aria-hidden="true">/</kbd>
        </label>
        {(failures || only.value === 'failed') && (
          <OnlyChip of="failed" only={only}>
            <StatusMark status="failed" />
            Failed only
          </OnlyChip>
        )}
        {model.steps.size > 1 && (
          <OnlyChip of="critical" only={only} title="The steps that decide when the run ends">
            Critical path
          </OnlyChip>
        )}
        <span class="faint count">{plural(model.steps.size, 'step')}</span>
      </div>
      <div class="steps-scroll" ref={scroller}>
        <div class="steps-head" aria-hidden="true">
          <span>Step</span>
          <span class="number">Time</span>
          <span class="axis">
            {marks.map(({ at: mark, left }) => (
              <i key={mark} style={{ left: `${left}%` }}>
                {left > 84 ? '' : formatTick(mark)}
              </i>
            ))}
          </span>
        </div>
        <div
          ref={tree}
          role="tree"
          class="step-rows"
          aria-label="Steps of this run"
          tabIndex={0}
          aria-activedescendant={at >= first && at < end ? `row-${at}` : undefined}
          style={{ height: `${rows.length * rowHeight}px` }}
          onKeyDown={onKeyDown}
        >
          {rows.slice(first, end).map((row, offset) => {
            const progress =
              row.kind === 'step' && row.status === 'running' ? store.live.get(row.step.path)?.progress : undefined;
            return (
              <StepRow
                key={row.key}
                row={row}
                index={first + offset}
                top={(first + offset) * rowHeight}
                id={`row-${first + offset}`}
                selected={first + offset === at}
                scale={scale}
                marks={lines}
                {...(progress === undefined ? {} : { progress })}
                onSelect={(index) => {
                  const chosen = rows[index];
                  if (chosen === undefined) return;
                  tree.current?.focus({ preventScroll: true });
                  onSelect(chosen);
                  onOpen(chosen);
                }}
                onToggle={toggle}
              />
            );
          })}
        </div>
        {rows.length === 1 && (
          <p class="steps-none faint">
            {filter.value === '' && only.value === undefined ? 'No step has been reached yet.' : 'No step fits.'}
          </p>
        )}
      </div>
      <WaterfallLegend />
    </section>
  );
}

/** Leaves the steps of one sort, or shows all again. */
function OnlyChip({
  of,
  only,
  title,
  children,
}: {
  readonly of: 'failed' | 'critical';
  readonly only: Signal<'failed' | 'critical' | undefined>;
  readonly title?: string;
  readonly children: ComponentChildren;
}) {
  const isOn = only.value === of;
  return (
    <button
      type="button"
      class="chip"
      title={title}
      aria-pressed={isOn}
      onClick={() => {
        only.value = isOn ? undefined : of;
      }}
    >
      {children}
    </button>
  );
}

function parentOf(rows: readonly TreeRow[], index: number): number {
  const depth = rows[index]?.depth ?? 0;
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.depth ?? 0) < depth) return above;
  return index;
}
