import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { WorkflowList } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { plural } from '../format/amount.ts';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { Notice } from '../parts/notice.tsx';
import { now } from '../parts/now.ts';
import { formatRoute } from '../route.ts';
import { request, RequestFailure } from '../server/request.ts';

/** Every published workflow: what it is for, and the way to its text and to a run of it. */
export function WorkflowsPage() {
  const items = useSignal<WorkflowList['items'] | undefined>(undefined);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  useEffect(() => {
    document.title = 'Workflows · Telos';
    const closed = new AbortController();
    request<WorkflowList>(locations.workflows, { signal: closed.signal }).then(
      (list) => {
        items.value = list.items;
      },
      (error: unknown) => {
        if (closed.signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      },
    );
    return () => closed.abort();
  }, []);

  const shown = items.value?.toSorted((left, right) => left.id.localeCompare(right.id));
  return (
    <main class="page">
      <div class="page-head">
        <h1>Workflows</h1>
        <a class="button" href={formatRoute({ page: 'workflow' })}>
          New workflow
        </a>
      </div>
      {failure.value !== undefined && (
        <Notice tone="error" title={failure.value.message}>
          <p>{failure.value.problem?.next}</p>
        </Notice>
      )}
      {shown === undefined && failure.value === undefined && <Notice title="Reading the workflows…" />}
      {shown?.length === 0 && (
        <Notice title="No workflow is published on this server.">
          <p>
            Write one here, or let <code>telos serve</code> publish those of a folder.
          </p>
        </Notice>
      )}
      {shown !== undefined && shown.length > 0 && (
        <ul class="workflow-list">
          {shown.map(({ id, description, inputs, stored_at }) => (
            <li key={id}>
              <div>
                <h2>
                  <a href={formatRoute({ page: 'workflow', id })}>{id}</a>
                </h2>
                {description !== undefined && <p>{description}</p>}
                <p class="faint">
                  {inputs.length === 0 ? 'no inputs' : plural(inputs.length, 'input')} ·{' '}
                  <span title={formatExactly(Date.parse(stored_at))}>{formatWhen(Date.parse(stored_at), now.value)}</span>
                </p>
              </div>
              <a class="button" href={formatRoute({ page: 'app', workflow: id })} aria-label={`${id} as an app`}>
                App
              </a>
              <a class="button" href={formatRoute({ page: 'start', workflow: id })} aria-label={`Run ${id}`}>
                Run
              </a>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}
