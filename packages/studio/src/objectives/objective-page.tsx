import { locations } from '@telos/contract';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { go } from '../navigation.ts';
import { Fact } from '../parts/fact.tsx';
import { Notice } from '../parts/notice.tsx';
import { now, useQuickTime } from '../parts/now.ts';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { RunAction } from '../run/run-action.tsx';
import { RunGraph } from '../run/run-graph.tsx';
import { hasEnded } from '../run/run-model.ts';
import type { RunModel, StepNode } from '../run/run-model.ts';
import { RunOutcome } from '../run/run-outcome.tsx';
import { openRun } from '../run/run-store.ts';
import type { RunStore } from '../run/run-store.ts';
import { ValueView } from '../value/value-view.tsx';
import { PlanProposal } from './plan-proposal.tsx';
import { PlanRounds } from './plan-rounds.tsx';

/** One objective from its statement to its end: the plan to decide about, the plans that ran, what came out. */
export function ObjectivePage({ run }: { readonly run: string }) {
  const store = useMemo(() => openRun(run), [run]);
  useEffect(() => store.close, [store]);
  const state = store.state.value;
  if (state.kind === 'ready') return <Objective store={store} model={state.model} />;
  return (
    <main>
      {state.kind === 'loading' ? (
        <Notice title="Reading the objective…" />
      ) : (
        <Notice tone="error" title={state.failure.message}>
          <p>{state.failure.problem?.next}</p>
          <p>
            <a href={formatRoute({ page: 'objectives' })}>All objectives</a>
          </p>
        </Notice>
      )}
    </main>
  );
}

function Objective({ store, model }: { readonly store: RunStore; readonly model: RunModel }) {
  void store.revision.value;
  useQuickTime(!hasEnded(model.status));
  const { detail, status, usage, startedAt } = model;
  const title = statedIn(detail.inputs) ?? detail.workflow;
  useEffect(() => {
    document.title = `${title} · Telos`;
  }, [title]);
  const blocks = [...model.steps.values()].filter(({ kind }) => kind === 'plan');
  const show = (path: string) => go({ page: 'run', id: detail.id, step: path });
  return (
    <main class="page objective-page">
      <div class="page-head">
        <h1>{title}</h1>
        {!hasEnded(status) && (
          <RunAction label="Cancel" sentLabel="Cancelling…" address={locations.cancel(detail.id)} />
        )}
        <a class="button" href={formatRoute({ page: 'run', id: detail.id })}>
          Open the run
        </a>
      </div>
      <dl class="facts">
        <Fact name="Status">
          <Status status={status} />
        </Fact>
        <Fact name="Duration">
          {startedAt === undefined ? '–' : formatDuration((model.endedAt ?? now.value) - startedAt)}
        </Fact>
        <Fact name="Cost">{formatMoney(usage.usd)}</Fact>
      </dl>
      <RunOutcome model={model} onShow={show} />
      {blocks.map((block) => (
        <PlanBlock key={block.path} run={detail.id} block={block} />
      ))}
      {blocks.some(({ block }) => block?.plan !== undefined) && (
        <section class="objective-graph" aria-label="How far it has come">
          <RunGraph
            store={store}
            model={model}
            viewSwitch={<h2>How far it has come</h2>}
            selected={undefined}
            onShow={show}
            onLeave={() => go({ page: 'objectives' })}
          />
        </section>
      )}
      {detail.outputs !== undefined && (
        <Part title="What came out">
          {/* Fields of a value stand under headings of the fourth level. */}
          <h3 class="sr-only">Result</h3>
          <ValueView value={resultIn(detail.outputs)} label="Result" />
        </Part>
      )}
    </main>
  );
}

function PlanBlock({ run, block }: { readonly run: string; readonly block: StepNode }) {
  const { wait, status, plans = [] } = block;
  const asked = wait?.for.kind === 'approval' && wait.for.purpose === 'plan' ? wait.for : undefined;
  return (
    <>
      {wait !== undefined && asked !== undefined && (
        <PlanProposal key={wait.id} approval={`${run}~${wait.id}`} wait={asked} />
      )}
      {asked === undefined && status === 'running' && block.block?.plan === undefined && (
        <p role="status">The planner is writing the plan…</p>
      )}
      {plans.length > 0 && <PlanRounds plans={plans} />}
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** What was stated, as the server's own workflow for objectives keeps it. */
function statedIn(inputs: unknown): string | undefined {
  if (typeof inputs !== 'object' || inputs === null || !('objective' in inputs)) return undefined;
  return typeof inputs.objective === 'string' ? inputs.objective : undefined;
}

/** The plan and what was said of its objectives stand above already. */
function resultIn(outputs: unknown): unknown {
  return typeof outputs === 'object' && outputs !== null && 'result' in outputs ? outputs.result : outputs;
}
