import { locations } from '@telos/contract';
import { useEffect, useMemo } from 'preact/hooks';
import { formatDuration } from '../format/duration.ts';
import { Notice } from '../parts/notice.tsx';
import { now, useQuickTime } from '../parts/now.ts';
import { formatRoute } from '../route.ts';
import { RunAction } from '../run/run-action.tsx';
import { hasEnded } from '../run/run-model.ts';
import type { RunModel } from '../run/run-model.ts';
import { openRun } from '../run/run-store.ts';
import type { RunStore } from '../run/run-store.ts';
import { MarkdownView } from '../value/markdown-view.tsx';
import { NamedValues, PayloadValue, ValueView } from '../value/value-view.tsx';
import { progressOf, spoken, troubleOf } from './words.ts';

/** What comes of one use of an app: how far it is, what came out, or why nothing did. */
export function AppResult({ run }: { readonly run: string }) {
  const store = useMemo(() => openRun(run), [run]);
  useEffect(() => store.close, [store]);
  const state = store.state.value;
  if (state.kind === 'loading') return null;
  if (state.kind === 'failed')
    return (
      <Notice tone="error" title="This result cannot be shown.">
        <p>
          {state.failure.passing ? 'The server does not answer; this page keeps trying.' : 'It is not there any more.'}
        </p>
      </Notice>
    );
  return <Shown store={store} model={state.model} />;
}

function Shown({ store, model }: { readonly store: RunStore; readonly model: RunModel }) {
  void store.revision.value;
  useQuickTime(!hasEnded(model.status));
  const { detail, status } = model;
  const about = (
    <p class="app-run faint">
      <a href={formatRoute({ page: 'run', id: detail.id })}>How it was made</a> <span class="id">{detail.id}</span>
    </p>
  );
  if (!hasEnded(status)) return <Underway store={store} model={model} />;
  if (status === 'succeeded')
    return (
      <>
        <Outputs model={model} />
        {about}
      </>
    );
  if (status === 'cancelled')
    return (
      <>
        <p class="app-title">It was stopped.</p>
        {about}
      </>
    );
  const trouble = troubleOf(detail.error);
  return (
    <div role="alert">
      <p class="app-title is-bad">{trouble.title}</p>
      <p>{trouble.message}</p>
      {detail.error !== undefined && (
        <details>
          <summary>For whoever looks after this app</summary>
          <p>
            <code class="error-code">{detail.error.code}</code> {detail.error.message}
          </p>
        </details>
      )}
      {about}
    </div>
  );
}

function Underway({ store, model }: { readonly store: RunStore; readonly model: RunModel }) {
  void store.liveRevision.value;
  const { message, done, all, isHeld } = progressOf(model);
  const began = model.startedAt ?? Date.parse(model.detail.created_at);
  const [written] = [...store.live.values()].slice(-1);
  return (
    <>
      <p class="app-title" role="status">
        {message}
      </p>
      <progress aria-label="How far it is" value={done} max={Math.max(1, all)} />
      <p class="faint">
        {done} of {all} done, {formatDuration(now.value - began)} so far.
      </p>
      {isHeld && (
        <p>
          <a href={formatRoute({ page: 'approvals', run: model.detail.id })}>See what is to be decided</a>
        </p>
      )}
      {written !== undefined && written.text !== '' && (
        <div aria-live="off">
          <MarkdownView text={written.text} />
        </div>
      )}
      <p>
        <RunAction label="Stop" sentLabel="Stopping…" address={locations.cancel(model.detail.id)} />
      </p>
    </>
  );
}

function Outputs({ model: { detail } }: { readonly model: RunModel }) {
  const { outputs, outputs_ref } = detail;
  if (outputs_ref !== undefined) return <PayloadValue payload={outputs_ref} label="The result" />;
  if (typeof outputs !== 'object' || outputs === null || Array.isArray(outputs) || Object.keys(outputs).length === 0)
    return <p class="app-title">It is done.</p>;
  const entries = Object.entries(outputs);
  const [only] = entries;
  const spokenOutputs = Object.fromEntries(entries.map(([name, value]) => [spoken(name), value]));
  return (
    <>
      <h2 class="sr-only">Result</h2>
      {only !== undefined && entries.length === 1 ? (
        <>
          <h3>{spoken(only[0])}</h3>
          <ValueView value={only[1]} label={spoken(only[0])} />
        </>
      ) : (
        <>
          <h3 class="sr-only">All of it</h3>
          <NamedValues value={spokenOutputs} />
        </>
      )}
    </>
  );
}
