import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { WorkflowDetail } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { Notice } from '../parts/notice.tsx';
import { formatRoute } from '../route.ts';
import { request, RequestFailure } from '../server/request.ts';
import { WorkflowEditor } from './workflow-editor.tsx';

export type WorkflowPageProps = {
  /** Absent: one that does not exist yet. */
  readonly id?: string;
  /** Hash of an earlier version; absent: the current one. */
  readonly version?: string;
  /** Which line is to be shown first. */
  readonly line?: number;
};

/** One workflow: its text, what the compiler says of it, its picture, its versions. */
export function WorkflowPage({ id, version, line }: WorkflowPageProps) {
  const detail = useSignal<WorkflowDetail | undefined>(undefined);
  const current = useSignal<WorkflowDetail | undefined>(undefined);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  useEffect(() => {
    document.title = `${id ?? 'New workflow'} · Telos`;
    if (id === undefined) return undefined;
    const closed = new AbortController();
    const { signal } = closed;
    const read = (query: string) => request<WorkflowDetail>(`${locations.workflow(id)}${query}`, { signal });
    const all = Promise.all([read(''), version === undefined ? undefined : read(`?version=${version}`)]);
    all.then(
      ([newest, chosen]) => {
        current.value = newest;
        detail.value = chosen ?? newest;
      },
      (error: unknown) => {
        if (signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      },
    );
    return () => closed.abort();
  }, [id, version]);

  if (failure.value !== undefined)
    return (
      <main>
        <Notice heading tone="error" title={failure.value.message}>
          <p>{failure.value.problem?.next}</p>
          <p>
            <a href={formatRoute({ page: 'workflows' })}>All workflows</a>
          </p>
        </Notice>
      </main>
    );
  if (id === undefined) return <WorkflowEditor />;
  if (detail.value === undefined || current.value === undefined)
    return (
      <main>
        <Notice heading title="Reading the workflow…" />
      </main>
    );
  return (
    <WorkflowEditor
      published={current.value}
      {...(line === undefined ? {} : { line })}
      {...(detail.value.hash === current.value.hash ? {} : { earlier: detail.value })}
      onSaved={(saved) => {
        current.value = saved;
        detail.value = saved;
      }}
    />
  );
}
