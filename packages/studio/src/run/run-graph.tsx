import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunWorkflow } from '@telos/contract';
import type { ComponentChild } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { plural } from '../format/amount.ts';
import { instancesOf, mostTelling, nodeState } from '../graph/node-states.ts';
import { outlinePath } from '../graph/outline-path.ts';
import { StepGraph } from '../graph/step-graph.tsx';
import { Notice } from '../parts/notice.tsx';
import { request, RequestFailure } from '../server/request.ts';
import type { RunModel } from './run-model.ts';
import type { RunStore } from './run-store.ts';

export type RunGraphProps = {
  readonly store: RunStore;
  readonly model: RunModel;
  readonly viewSwitch: ComponentChild;
  /** Path of the selected step. */
  readonly selected: string | undefined;
  readonly onShow: (path: string) => void;
  readonly onLeave: () => void;
};

/** The workflow of a run as a picture, with how far each of its steps has come. */
export function RunGraph({ store, model, viewSwitch, selected, onShow, onLeave }: RunGraphProps) {
  const workflow = useSignal<RunWorkflow | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const revision = store.revision.value;
  const bodies = useMemo(() => bodiesOf(model), [model, revision]);
  const id = model.detail.id;
  useEffect(() => {
    const closed = new AbortController();
    request<RunWorkflow>(locations.runWorkflow(id), { signal: closed.signal }).then(
      (read) => {
        workflow.value = read;
      },
      (error: unknown) => {
        if (closed.signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error.message : String(error);
      },
    );
    return () => closed.abort();
  }, [id, bodies]);

  const steps = workflow.value?.steps;
  const known = useMemo(() => new Set(steps?.map(({ path }) => path)), [steps]);
  const instances = useMemo(() => instancesOf(model.steps.values(), known), [model, known, revision]);
  const states = useMemo(() => new Map([...instances].map(([path, list]) => [path, nodeState(list)])), [instances]);
  const chosen = selected === undefined ? undefined : outlinePath(selected, known);
  return (
    <section
      class="steps"
      aria-label="Steps"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onLeave();
      }}
    >
      <div class="steps-tools">
        {viewSwitch}
        <span class="faint count">{plural(model.steps.size, 'step')}</span>
      </div>
      {steps !== undefined ? (
        <StepGraph
          steps={steps}
          states={states}
          label="Steps of this run and what comes after what"
          {...(chosen === undefined ? {} : { selected: chosen })}
          onSelect={({ path }) => {
            const telling = mostTelling(instances.get(path) ?? []);
            if (telling !== undefined) onShow(telling.path);
          }}
        />
      ) : failure.value !== undefined ? (
        <Notice tone="error" title={failure.value} />
      ) : (
        <Notice title="Reading the workflow…" />
      )}
    </section>
  );
}

/** Changes when a plan or another workflow has become the body of a block: then there is more to draw. */
function bodiesOf(model: RunModel): string {
  const hashes = new Set<string>();
  for (const { block } of model.steps.values()) {
    const hash = block?.plan ?? block?.workflow;
    if (hash !== undefined) hashes.add(hash);
  }
  return [...hashes].join(' ');
}
