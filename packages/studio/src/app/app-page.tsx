import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunDetail, WorkflowDetail } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { replace } from '../navigation.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Notice } from '../parts/notice.tsx';
import { request, RequestFailure } from '../server/request.ts';
import { InputsForm } from '../start/inputs-form.tsx';
import { AppResult } from './app-result.tsx';
import { spoken } from './words.ts';

export type AppPageProps = {
  readonly workflow: string;
  /** The run whose result is shown. */
  readonly run?: string;
};

type Opened = { readonly workflow: WorkflowDetail; readonly inputs: unknown };

/** A workflow as an app: a form, and what comes of it. Its address can be given to anybody who may use this server. */
export function AppPage({ workflow, run }: AppPageProps) {
  const opened = useSignal<Opened | undefined>(undefined);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  useEffect(() => {
    document.title = spoken(workflow);
    const closed = new AbortController();
    const { signal } = closed;
    const earlier =
      run === undefined ? undefined : request<RunDetail>(locations.run(run), { signal }).catch(() => undefined);
    Promise.all([request<WorkflowDetail>(locations.workflow(workflow), { signal }), earlier]).then(
      ([detail, begun]) => {
        opened.value = { workflow: detail, inputs: begun?.inputs };
      },
      (error: unknown) => {
        if (signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      },
    );
    return () => closed.abort();
  }, [workflow]);

  if (failure.value !== undefined)
    return (
      <main>
        {failure.value.problem?.code === 'WORKFLOW_NOT_FOUND' ? (
          <Notice tone="error" title="There is no app at this address.">
            <p>Perhaps it has another name by now. Ask whoever gave you the address.</p>
          </Notice>
        ) : (
          <Notice tone="error" title="This app cannot be reached now.">
            <p>{failure.value.message} Load the page again in a moment.</p>
          </Notice>
        )}
      </main>
    );
  if (opened.value === undefined) return <main />;
  const { description } = opened.value.workflow;
  return (
    <main class="page app-page">
      <div class="page-head">
        <h1>{spoken(workflow)}</h1>
        <CopyButton word="Copy link" label="Copy link to this app" text={() => location.href} />
      </div>
      {description !== undefined && <p class="app-about">{description}</p>}
      <div class="app-panes">
        <section aria-label="What you give">
          <InputsForm
            workflow={opened.value.workflow}
            earlier={opened.value.inputs}
            label={run === undefined ? 'Go' : 'Go again'}
            nameOf={spoken}
            onStarted={(id) => replace({ page: 'app', workflow, run: id })}
          />
        </section>
        <section aria-label="What you get" aria-live="polite">
          {run === undefined ? (
            <p class="app-nothing faint">The result appears here.</p>
          ) : (
            <AppResult key={run} run={run} />
          )}
        </section>
      </div>
    </main>
  );
}
