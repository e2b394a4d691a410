import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunPage, RunSummaryView } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { formatMoney } from '../format/amount.ts';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { now } from '../parts/now.ts';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { shortId } from '../runs/run-row.tsx';
import { request } from '../server/request.ts';
import { ObjectiveForm } from './objective-form.tsx';

/** The workflow that the server makes of an objective that is stated by itself. */
const workflow = 'objective';

/** Where an objective is stated, with those that were stated last. */
export function ObjectivesPage() {
  const runs = useSignal<readonly RunSummaryView[]>([]);
  useEffect(() => {
    document.title = 'Objectives · Telos';
    const closed = new AbortController();
    request<RunPage>(`${locations.runs}?workflow=${workflow}&limit=30`, { signal: closed.signal }).then(
      (page) => {
        runs.value = page.items;
      },
      () => undefined, // stating one says that the server does not answer
    );
    return () => closed.abort();
  }, []);
  return (
    <main class="page objectives-page">
      <h1>Objectives</h1>
      <ObjectiveForm />
      {runs.value.length > 0 && (
        <section aria-labelledby="stated-before">
          <h2 id="stated-before">Stated before</h2>
          <ul class="choices">
            {runs.value.map((run) => (
              <li key={run.id}>
                <a href={formatRoute({ page: 'objective', run: run.id })}>{shortId(run.id)}</a>
                <Status status={run.status} />
                <span title={formatExactly(Date.parse(run.created_at))}>
                  {formatWhen(Date.parse(run.created_at), now.value)}
                </span>
                <span class="number">{formatMoney(run.usage.usd)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </main>
  );
}
