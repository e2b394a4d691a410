import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunDetail, WorkflowSummary } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { go, replace } from '../navigation.ts';
import { Panel } from '../parts/panel.tsx';
import { formatRoute, noFilter } from '../route.ts';
import { request } from '../server/request.ts';
import { InputsForm } from './inputs-form.tsx';

export type StartPanelProps = {
  /** Published workflows; undefined while they are read. */
  readonly workflows?: readonly WorkflowSummary[];
  readonly workflow?: string;
  /** A run whose inputs the form starts from. */
  readonly from?: string;
};

/** Starts a run of a published workflow. */
export function StartPanel({ workflows, workflow, from }: StartPanelProps) {
  const earlier = useSignal<unknown>(undefined);
  const ready = useSignal(from === undefined);
  useEffect(() => {
    if (from === undefined) return undefined;
    const closed = new AbortController();
    request<RunDetail>(locations.run(from), { signal: closed.signal })
      .then(({ inputs }) => {
        earlier.value = inputs;
      })
      .catch(() => undefined) // the form starts empty then
      .finally(() => {
        ready.value = true;
      });
    return () => closed.abort();
  }, [from]);

  const chosen = workflows?.find(({ id }) => id === workflow) ?? (workflow === undefined ? workflows?.[0] : undefined);
  const leave = () => go(from === undefined ? { page: 'runs', filter: noFilter } : { page: 'run', id: from });
  return (
    <Panel id="start" title="Start a run" onLeave={leave}>
      {workflows === undefined || !ready.value ? (
        <p class="faint">Reading the workflows…</p>
      ) : workflows.length === 0 ? (
        <p>
          No workflow is published on this server. <a href={formatRoute({ page: 'workflow' })}>Write one here</a>, or
          run a file with <code>pnpm telos run file.yaml</code>.
        </p>
      ) : (
        <>
          <div class="field">
            <label for="start-workflow">Workflow</label>
            <select
              id="start-workflow"
              value={chosen?.id ?? ''}
              onChange={(event) => replace({ page: 'start', workflow: event.currentTarget.value })}
            >
              {chosen === undefined && <option value="">{workflow} is not published here</option>}
              {workflows.map(({ id }) => (
                <option key={id} value={id}>
                  {id}
                </option>
              ))}
            </select>
            {chosen?.description !== undefined && <p class="description">{chosen.description}</p>}
          </div>
          {chosen !== undefined && (
            <InputsForm
              key={chosen.hash}
              workflow={chosen}
              earlier={earlier.value}
              onStarted={(id) => go({ page: 'run', id })}
            />
          )}
        </>
      )}
    </Panel>
  );
}
