import { useSignal, useSignalEffect } from '@preact/signals';
import type { WorkflowSummary } from '@telos/contract';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../format/amount.ts';
import { formatWhen } from '../format/instant.ts';
import { isNarrow } from '../parts/media.ts';
import { Notice } from '../parts/notice.tsx';
import { useWindow } from '../parts/use-window.ts';
import { formatRoute, noFilter } from '../route.ts';
import type { RunsFilter } from '../route.ts';
import { RunFilters } from './run-filters.tsx';
import { RunRow } from './run-row.tsx';
import { openRuns } from './runs-store.ts';
import type { RunsState } from './runs-store.ts';

const rowHeight = 36;
const narrowRowHeight = 60;
const headHeight = 32;

export type RunsPageProps = { readonly filter: RunsFilter; readonly workflows: readonly WorkflowSummary[] };

/** Every run, newest first. */
export function RunsPage({ filter, workflows }: RunsPageProps) {
  const address = formatRoute({ page: 'runs', filter });
  const store = useMemo(() => openRuns(filter), [address]);
  useEffect(() => store.close, [store]);
  useEffect(() => {
    document.title = 'Runs · Telos';
  }, []);

  const { held, failure, counts = [] } = store.state.value;
  const isRefused = failure?.problem?.status === 400;
  const runs = held?.runs ?? [];
  const height = isNarrow.value ? narrowRowHeight : rowHeight;
  const head = isNarrow.value ? 0 : headHeight;
  const { scroller, first, end, reveal } = useWindow(runs.length, height, head);
  const [current, setCurrent] = useState(0);
  const wanted = useRef<number | undefined>(undefined);
  const at = Math.min(current, Math.max(0, runs.length - 1));

  useEffect(() => {
    if (end >= runs.length - 20) store.more();
  }, [end, runs.length, held?.next, store]);

  const focusRow = (index: number) => {
    const target = Math.min(Math.max(index, 0), runs.length - 1);
    if (target < 0) return;
    wanted.current = target;
    setCurrent(target);
    reveal(target);
    focusWanted();
  };
  /** The row may be drawn only after the list has scrolled. */
  const focusWanted = () => {
    const link = scroller.current?.querySelector<HTMLElement>(`a[data-index="${wanted.current}"]`);
    if (link === null || link === undefined) return;
    wanted.current = undefined;
    link.focus({ preventScroll: true });
  };
  useEffect(focusWanted);

  const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / height) - 2);
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: runs.length - 1,
  };

  return (
    <main class="runs-page">
      <h1 class="sr-only">Runs</h1>
      <RunFilters
        filter={filter}
        workflows={workflows}
        counts={counts}
        refusal={isRefused ? failure?.message : undefined}
        onLeave={() => focusRow(at)}
      />
      {failure !== undefined && !isRefused && held !== undefined && (
        <p class="banner is-error" role="alert">
          {failure.message} What you see is the last that was read; trying again.
        </p>
      )}
      <div
        class="runs-scroll"
        ref={scroller}
        onKeyDown={(event) => {
          const to = moves[event.key];
          if (to === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
          event.preventDefault();
          focusRow(to);
        }}
        onFocusIn={(event) => {
          const index = (event.target as HTMLElement).dataset['index']; // focus happens on elements alone
          if (index !== undefined) setCurrent(Number(index));
        }}
      >
        {runs.length > 0 ? (
          <div
            role="table"
            aria-label="Runs, newest first"
            aria-rowcount={held?.next === undefined ? runs.length + 1 : -1}
          >
            <div role="rowgroup">
              <div class="run-row run-head" role="row" aria-rowindex={1}>
                <span role="columnheader">Status</span>
                <span role="columnheader">Run</span>
                <span role="columnheader">Started</span>
                <span role="columnheader" class="number">
                  Duration
                </span>
                <span role="columnheader" class="number">
                  Tokens
                </span>
                <span role="columnheader" class="number">
                  Cost
                </span>
                <span role="columnheader" class="number">
                  Score
                </span>
              </div>
            </div>
            <div role="rowgroup" class="rows" style={{ height: `${runs.length * height}px` }}>
              {runs.slice(first, end).map((run, offset) => (
                <RunRow
                  key={run.id}
                  run={run}
                  index={first + offset}
                  top={(first + offset) * height}
                  current={first + offset === at}
                />
              ))}
            </div>
          </div>
        ) : (
          <Nothing state={store.state.value} filter={filter} />
        )}
      </div>
      <Footer count={runs.length} more={held?.next !== undefined} searchedTo={held?.searchedTo} />
    </main>
  );
}

/** What a condition may ask for. */
const searchable =
  'Conditions compare status, workflow, tags, cost, score, duration, tokens, error.code, created_at and more, joined by &&, || and !: status == "failed" && (cost > 0.5 || score < 0.7).';

function Nothing({ state, filter }: { readonly state: RunsState; readonly filter: RunsFilter }) {
  // A list that comes at once needs no word about its coming.
  const late = useSignal(false);
  useSignalEffect(() => {
    const timer = setTimeout(() => {
      late.value = true;
    }, 400);
    return () => clearTimeout(timer);
  });
  if (state.failure !== undefined) {
    return (
      <Notice tone="error" title={state.failure.message}>
        <p>
          {state.failure.problem?.status === 400
            ? searchable
            : (state.failure.problem?.next ?? 'This page tries again every few seconds. Is telos serve still running?')}
        </p>
      </Notice>
    );
  }
  if (state.held === undefined) return late.value ? <Notice title="Reading the runs…" /> : null;
  if (state.held.searchedTo !== undefined)
    return (
      <Notice title={`None that fits back to ${formatWhen(Date.parse(state.held.searchedTo), Date.now())}.`}>
        <p>
          Looking further. Conditions on status, workflow, tags, cost or created_at, joined by &amp;&amp;, go faster.
        </p>
      </Notice>
    );
  if (filter.status.length > 0 || filter.workflow !== undefined || filter.text !== undefined) {
    return (
      <Notice title="No run fits this filter.">
        <p>
          <a href={formatRoute({ page: 'runs', filter: noFilter })}>Show all runs</a>
        </p>
      </Notice>
    );
  }
  return (
    <Notice title="No runs yet.">
      <p>
        <a href={formatRoute({ page: 'start' })}>Start one here</a>, or from a terminal:
      </p>
      <pre class="command">pnpm telos run workflows/quickstart.yaml</pre>
      <p>It appears in this list the moment it is stored.</p>
    </Notice>
  );
}

type FooterProps = { readonly count: number; readonly more: boolean; readonly searchedTo: string | undefined };

function Footer({ count, more, searchedTo }: FooterProps) {
  const back = searchedTo === undefined ? '' : `, searched back to ${formatWhen(Date.parse(searchedTo), Date.now())}`;
  return (
    <footer class="page-foot">
      <span>{count === 0 ? '' : `${formatCount(count)}${more ? '+' : ''} ${count === 1 ? 'run' : 'runs'}${back}`}</span>
      <span class="hints" aria-hidden="true">
        <kbd>↑</kbd>
        <kbd>↓</kbd> move <kbd>↵</kbd> open <kbd>/</kbd> search
      </span>
    </footer>
  );
}
