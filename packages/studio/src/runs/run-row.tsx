import type { RunSummaryView } from '@telos/contract';
import { formatCompact, formatMoney, plural } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { now } from '../parts/now.ts';
import { Score } from '../parts/score.tsx';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { hasEnded } from '../run/run-model.ts';

export type RunRowProps = {
  readonly run: RunSummaryView;
  /** From 0. */
  readonly index: number;
  readonly top: number;
  /** Tab comes here, and nowhere else in the list. */
  readonly current: boolean;
};

/** One run in the list; the whole row is its link. */
export function RunRow({ run, index, top, current }: RunRowProps) {
  const created = Date.parse(run.created_at);
  const tokens = run.usage.input_tokens + run.usage.output_tokens;
  return (
    <div class="run-row" role="row" aria-rowindex={index + 2} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell" class="cell-status">
        <Status status={run.status} />
      </span>
      <span role="cell" class="cell-run">
        <a href={formatRoute({ page: 'run', id: run.id })} tabIndex={current ? 0 : -1} data-index={index}>
          {run.workflow}
        </a>
        <span class="id" title={run.id}>
          {shortId(run.id)}
        </span>
        {run.error !== undefined && <code class="error-code">{run.error.code}</code>}
        {run.tags.slice(0, 3).map((tag) => (
          <span key={tag} class="tag">
            {tag}
          </span>
        ))}
      </span>
      <span role="cell" class="cell-started" title={formatExactly(created)}>
        {formatWhen(created, now.value)}
      </span>
      <span role="cell" class="cell-duration number">
        {lengthOf(run)}
      </span>
      <span role="cell" class="cell-tokens number" title={plural(tokens, 'token')}>
        {tokens === 0 ? <span class="faint">–</span> : formatCompact(tokens)}
      </span>
      <span role="cell" class="cell-cost number">
        {run.usage.usd === 0 ? <span class="faint">$0</span> : formatMoney(run.usage.usd)}
      </span>
      <span role="cell" class="cell-score number">
        <Score score={run.score} />
      </span>
    </div>
  );
}

function lengthOf(run: RunSummaryView) {
  if (run.started_at === undefined) return <span class="faint">–</span>;
  const end = run.ended_at === undefined ? (hasEnded(run.status) ? undefined : now.value) : Date.parse(run.ended_at);
  return end === undefined ? <span class="faint">–</span> : formatDuration(end - Date.parse(run.started_at));
}

/** Ids begin with their time; their end tells them apart. */
export function shortId(id: string): string {
  return id.slice(-8);
}
