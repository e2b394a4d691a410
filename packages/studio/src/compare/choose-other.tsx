import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunDetail, RunPage, RunSummaryView } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { formatMoney } from '../format/amount.ts';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { go } from '../navigation.ts';
import { Notice } from '../parts/notice.tsx';
import { now } from '../parts/now.ts';
import { Score } from '../parts/score.tsx';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { shortId } from '../runs/run-row.tsx';
import { request, RequestFailure } from '../server/request.ts';

/** Asks which run to compare with: one of the last of the same workflow, or any by its id. */
export function ChooseOther({ run }: { readonly run: string }) {
  const others = useSignal<readonly RunSummaryView[] | undefined>(undefined);
  const workflow = useSignal('');
  const failure = useSignal<string | undefined>(undefined);
  const id = useSignal('');
  useEffect(() => {
    const closed = new AbortController();
    const { signal } = closed;
    const read = async () => {
      const detail = await request<RunDetail>(locations.run(run), { signal });
      workflow.value = detail.workflow;
      const query = new URLSearchParams({ workflow: detail.workflow, limit: '50' });
      const page = await request<RunPage>(`${locations.runs}?${query}`, { signal });
      const origin = ({ id: one }: RunSummaryView) => Number(one === detail.fork_of);
      others.value = page.items
        .filter((other) => other.id !== run)
        .toSorted((left, right) => origin(right) - origin(left));
    };
    read().catch((error: unknown) => {
      if (!signal.aborted) failure.value = error instanceof RequestFailure ? error.message : String(error);
    });
    return () => closed.abort();
  }, [run]);

  if (failure.value !== undefined) return <Notice tone="error" title={failure.value} />;
  if (others.value === undefined) return <Notice title="Reading the runs…" />;
  return (
    <>
      <p>
        With which run is{' '}
        <a class="id" href={formatRoute({ page: 'run', id: run })}>
          {workflow.value} {shortId(run)}
        </a>{' '}
        to be compared?
      </p>
      {others.value.length === 0 ? (
        <p class="faint">There is no other run of {workflow.value}; a run of another workflow is found by its id.</p>
      ) : (
        <ul class="choices" aria-label={`Other runs of ${workflow.value}`}>
          {others.value.map((other) => (
            <li key={other.id}>
              <a href={formatRoute({ page: 'compare', a: run, b: other.id })}>{shortId(other.id)}</a>
              <Status status={other.status} />
              <span title={formatExactly(Date.parse(other.created_at))}>
                {formatWhen(Date.parse(other.created_at), now.value)}
              </span>
              <span class="number">{formatMoney(other.usage.usd)}</span>
              <Score score={other.score} />
            </li>
          ))}
        </ul>
      )}
      <form
        class="inline-form"
        onSubmit={(event) => {
          event.preventDefault();
          const b = id.value.trim();
          if (b !== '') go({ page: 'compare', a: run, b });
        }}
      >
        <div class="field">
          <label for="other-run">Id of another run</label>
          <input
            id="other-run"
            type="text"
            autocomplete="off"
            value={id.value}
            onInput={(event) => {
              id.value = event.currentTarget.value;
            }}
          />
        </div>
        <button type="submit" class="button">
          Compare
        </button>
      </form>
    </>
  );
}
