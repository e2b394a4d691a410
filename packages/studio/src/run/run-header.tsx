import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunReceipt } from '@telos/contract';
import { formatCount, formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { go } from '../navigation.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Fact } from '../parts/fact.tsx';
import { now } from '../parts/now.ts';
import { Score } from '../parts/score.tsx';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { request, RequestFailure } from '../server/request.ts';
import type { FollowState } from '../server/follow-run.ts';
import { scoreOf } from './failure-chain.ts';
import { RunAction } from './run-action.tsx';
import { ShareRun } from './share-run.tsx';
import { hasEnded } from './run-model.ts';
import type { RunModel } from './run-model.ts';

/** What a run is, and its figures. */
export function RunHeader({ model, follow }: { readonly model: RunModel; readonly follow: FollowState }) {
  const { detail, status, usage } = model;
  const created = Date.parse(detail.created_at);
  const started = model.startedAt;
  const length = started === undefined ? undefined : (model.endedAt ?? now.value) - started;
  const queued = (started ?? (hasEnded(status) ? created : now.value)) - created;
  return (
    <header class="run-header">
      <div class="run-title">
        <h1>{detail.workflow}</h1>
        <Status status={status} />
        {follow === 'lost' && (
          <span class="lost" role="status">
            connection lost, trying again…
          </span>
        )}
        <span class="id run-id">
          {detail.id}
          <CopyButton label="Copy the run's id" text={() => detail.id} />
        </span>
        <span class="run-actions">
          {hasEnded(status) ? (
            <>
              {status !== 'succeeded' && (
                <RunAction<RunReceipt>
                  key="retry"
                  label="Retry"
                  sentLabel="Retrying…"
                  address={locations.retry(detail.id)}
                  onDone={({ id }) => go({ page: 'run', id })}
                />
              )}
              <ShareRun id={detail.id} workflow={detail.workflow} />
              <a class="button" href={formatRoute({ page: 'promote', run: detail.id })}>
                Promote to a test
              </a>
              <a class="button" href={formatRoute({ page: 'compare', a: detail.id })}>
                Compare with…
              </a>
              <a class="button" href={formatRoute({ page: 'start', workflow: detail.workflow, from: detail.id })}>
                Run again
              </a>
            </>
          ) : (
            <>
              {status === 'paused' ? (
                <RunAction key="resume" label="Resume" sentLabel="Resuming…" address={locations.resume(detail.id)} />
              ) : (
                <RunAction key="pause" label="Pause" sentLabel="Pausing…" address={locations.pause(detail.id)} />
              )}
              <CancelRun id={detail.id} />
            </>
          )}
        </span>
      </div>
      <dl class="facts">
        {detail.fork !== undefined && (
          <Fact name="Fork of">
            <a class="id" href={formatRoute({ page: 'run', id: detail.fork.run })}>
              {detail.fork.run}
            </a>{' '}
            <a href={formatRoute({ page: 'compare', a: detail.fork.run, b: detail.id })}>Compare</a>
          </Fact>
        )}
        <Fact name="Started">
          <span title={formatExactly(started ?? created)}>{formatWhen(started ?? created, now.value)}</span>
        </Fact>
        {queued >= 1000 && <Fact name="Queued">{formatDuration(queued)}</Fact>}
        <Fact name="Duration">{length === undefined ? '–' : formatDuration(length)}</Fact>
        <Fact name="Cost">{formatMoney(usage.usd)}</Fact>
        <Fact name="Tokens">
          <span title={`${formatCount(usage.input_tokens)} in, ${formatCount(usage.output_tokens)} out`}>
            {formatCount(usage.input_tokens + usage.output_tokens)}
          </span>
        </Fact>
        <Fact name="Calls">{formatCount(usage.calls)}</Fact>
        <Fact name="Score">
          <Score score={scoreOf(model)} />
        </Fact>
        {detail.tags.length > 0 && (
          <Fact name="Tags">
            {detail.tags.map((tag) => (
              <span key={tag} class="tag">
                {tag}
              </span>
            ))}
          </Fact>
        )}
      </dl>
    </header>
  );
}

/** Asks once more before it cancels: what has been done stays done, and the rest will not be. */
function CancelRun({ id }: { readonly id: string }) {
  const stage = useSignal<'idle' | 'asked' | 'sent'>('idle');
  const failure = useSignal<string | undefined>(undefined);
  const cancel = async () => {
    stage.value = 'sent';
    try {
      await request(locations.cancel(id), { method: 'POST', body: { reason: 'cancelled in the studio' } });
    } catch (error) {
      failure.value = error instanceof RequestFailure ? error.advice : String(error);
      stage.value = 'idle';
    }
  };
  if (stage.value === 'sent')
    return (
      <span class="faint" role="status">
        Cancelling…
      </span>
    );
  if (stage.value === 'idle') {
    return (
      <>
        {failure.value !== undefined && (
          <span class="field-error" role="alert">
            {failure.value}
          </span>
        )}
        <button
          type="button"
          class="button"
          onClick={() => {
            stage.value = 'asked';
          }}
        >
          Cancel run
        </button>
      </>
    );
  }
  return (
    <span class="confirm" role="group" aria-label="Cancel this run?">
      <button type="button" class="button is-danger" onClick={() => void cancel()}>
        Cancel it now
      </button>
      <button
        type="button"
        class="button"
        onClick={() => {
          stage.value = 'idle';
        }}
      >
        Keep running
      </button>
    </span>
  );
}
