import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { go, replace } from '../navigation.ts';
import { isSheet } from '../parts/media.ts';
import { Notice } from '../parts/notice.tsx';
import { now, useQuickTime } from '../parts/now.ts';
import { onDemand } from '../parts/on-demand.tsx';
import { formatRoute, noFilter } from '../route.ts';
import type { RunView } from '../route.ts';
import { RunHeader } from './run-header.tsx';
import { RunInspector } from './run-inspector.tsx';
import { hasEnded } from './run-model.ts';
import type { RunModel } from './run-model.ts';
import { RunOutcome } from './run-outcome.tsx';
import { openRun } from './run-store.ts';
import type { RunStore } from './run-store.ts';
import { StepInspector } from './step-inspector.tsx';
import { StepTreeView } from './step-tree-view.tsx';
import type { TreeRow } from './step-tree.ts';
import { idleStretches, waitedFor } from './time-spent.ts';
import { ViewSwitch } from './view-switch.tsx';

const RunGraph = onDemand(async () => (await import('./run-graph.tsx')).RunGraph);

export type RunPageProps = { readonly id: string; readonly step?: string; readonly view?: RunView };

/** One run: its steps and their time, and whatever the reader points at. */
export function RunPage({ id, step, view }: RunPageProps) {
  const store = useMemo(() => openRun(id), [id]);
  useEffect(() => store.close, [store]);
  const state = store.state.value;
  if (state.kind === 'ready') return <OpenRun key={id} store={store} model={state.model} step={step} view={view} />;
  const back = (
    <p>
      <a href={formatRoute({ page: 'runs', filter: noFilter })}>All runs</a>
    </p>
  );
  return (
    <main class="run-page">
      {state.kind === 'loading' ? (
        <Notice heading title="Reading the run…" />
      ) : (
        <Notice heading tone="error" title={state.failure.message}>
          <p>
            {state.failure.problem?.next ?? (state.failure.passing ? 'This page tries again every few seconds.' : '')}
          </p>
          {back}
        </Notice>
      )}
    </main>
  );
}

type OpenRunProps = {
  readonly store: RunStore;
  readonly model: RunModel;
  readonly step: string | undefined;
  readonly view: RunView | undefined;
};

function OpenRun({ store, model, step, view }: OpenRunProps) {
  const key = useSignal(step === undefined ? 'run' : `step:${step}`);
  const row = useSignal<TreeRow | undefined>(undefined);
  const sheet = useSignal(step !== undefined);
  const inspector = useRef<HTMLElement>(null);
  void store.revision.value;
  useQuickTime(!hasEnded(model.status));
  useEffect(() => {
    document.title = `${model.detail.workflow} ${model.status} · Telos`;
  }, [model.status]);

  const id = model.detail.id;
  const shown = view === undefined ? {} : { view };
  const select = (chosen: TreeRow) => {
    key.value = chosen.key;
    row.value = chosen;
    replace({ page: 'run', id, ...('step' in chosen ? { step: chosen.step.path } : {}), ...shown });
  };
  const show = (path: string) => {
    key.value = `step:${path}`;
    row.value = undefined;
    sheet.value = true;
    replace({ page: 'run', id, step: path, ...shown });
  };
  const backToTree = () => {
    sheet.value = false;
    document.querySelector<HTMLElement>('[role="tree"], .graph [tabindex="0"]')?.focus();
  };

  const leave = () => go({ page: 'runs', filter: noFilter });

  const chosen = row.value;
  const path = chosen === undefined ? step : 'step' in chosen ? chosen.step.path : undefined;
  const node = path === undefined ? undefined : model.steps.get(path);
  // Of a step that has ended they are all there to be read already.
  const calls = node?.status === 'running' ? (model.attempts.get(node.path)?.at(-1)?.calls.length ?? 0) : 0;
  const openCall = chosen?.kind === 'call' ? chosen.attempt.calls.indexOf(chosen.call) : undefined;
  const hidden = isSheet.value && !sheet.value;
  const viewSwitch = (
    <ViewSwitch
      view={view}
      onChange={(other) =>
        replace({
          page: 'run',
          id,
          ...(path === undefined ? {} : { step: path }),
          ...(other === undefined ? {} : { view: other }),
        })
      }
    />
  );

  return (
    <main class="run-page">
      <RunHeader model={model} follow={store.follow.value} />
      <RunOutcome model={model} onShow={show} />
      <div class="run-panes">
        {view === 'graph' ? (
          <RunGraph store={store} model={model} viewSwitch={viewSwitch} selected={path} onShow={show} onLeave={leave} />
        ) : (
          <StepTreeView
            store={store}
            model={model}
            viewSwitch={viewSwitch}
            selected={key.value}
            onSelect={select}
            onOpen={() => {
              sheet.value = true;
              if (isSheet.value) inspector.current?.focus();
            }}
            onFork={(row) => {
              if ('step' in row && row.step.status !== 'pending') go({ page: 'fork', run: id, step: row.step.path });
            }}
            onLeave={leave}
          />
        )}
        <aside
          ref={inspector}
          class="inspector"
          aria-label={node === undefined ? 'Run' : `Step ${node.path}`}
          tabIndex={-1}
          hidden={hidden}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            backToTree();
          }}
        >
          <div class="inspector-head">
            <h2>{node === undefined ? 'Run' : node.path}</h2>
            {node !== undefined && <span class="note">{node.uses ?? node.kind}</span>}
            <button type="button" class="quiet close" onClick={backToTree}>
              Close
            </button>
          </div>
          {node === undefined ? (
            <RunInspector model={model} />
          ) : (
            <StepInspector
              key={node.path}
              store={store}
              run={id}
              step={node}
              waited={waitedFor(
                idleStretches(
                  model.attempts.get(node.path) ?? [],
                  model.waits.get(node.path) ?? [],
                  now.value,
                  node.endedAt,
                ),
              )}
              calls={calls}
              {...(openCall === undefined ? {} : { openCall })}
            />
          )}
        </aside>
      </div>
    </main>
  );
}
