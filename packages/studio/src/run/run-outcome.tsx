import { formatWhen } from '../format/instant.ts';
import { plural } from '../format/amount.ts';
import { now } from '../parts/now.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { InlineText } from '../value/inline-text.tsx';
import { failureChain } from './failure-chain.ts';
import type { Failure } from './failure-chain.ts';
import { hasEnded } from './run-model.ts';
import type { RunModel } from './run-model.ts';
import { decisionAt } from './wait-note.ts';

export type RunOutcomeProps = { readonly model: RunModel; readonly onShow: (path: string) => void };

/** Reasons listed before the rest is only counted. */
const mostReasons = 3;

/** Why the run failed, was cancelled, or has not ended. Nothing where there is nothing to explain. */
export function RunOutcome({ model, onShow }: RunOutcomeProps) {
  const failure = failureChain(model);
  if (failure !== undefined) {
    const [first, ...rest] = failure.chain;
    return (
      <section class="outcome is-failed" aria-label="Why it failed">
        <FirstCause failure={first} onShow={onShow} />
        {rest.length > 0 && (
          <p class="consequences">
            {rest.map((consequence, index) => (
              <span key={index}>
                {index === 0 ? 'Therefore ' : ', then '}
                <Place failure={consequence} onShow={onShow} /> failed (<code>{consequence.error.code}</code>)
              </span>
            ))}
            .
          </p>
        )}
        {failure.others > 0 && <p class="consequences">{plural(failure.others, 'other step')} failed besides.</p>}
      </section>
    );
  }
  if (model.status === 'cancelled') {
    return (
      <section class="outcome is-cancelled" aria-label="Why it was cancelled">
        <p>
          <StatusMark status="cancelled" /> Cancelled: {model.detail.reason ?? 'no reason was given'}.
        </p>
      </section>
    );
  }
  const reasons = model.waitingFor;
  // A run whose steps simply run says so in its tree.
  const telling = model.status !== 'running' || reasons.some(({ message }) => !/^Step \S+ is running/.test(message));
  if (hasEnded(model.status) || reasons.length === 0 || !telling) return null;
  return (
    <section class="outcome is-waiting" aria-label="What it waits for">
      <ul>
        {reasons.slice(0, mostReasons).map(({ message, path, since }, index) => (
          <li key={index}>
            <StatusMark status="waiting" />
            <span>
              <InlineText text={message} /> <Decide model={model} path={path} />{' '}
              {path !== undefined && (
                <button type="button" class="quiet" onClick={() => onShow(path)}>
                  Show
                </button>
              )}
              {since !== undefined && Date.parse(since) <= now.value && (
                <span class="faint"> {formatWhen(Date.parse(since), now.value)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {reasons.length > mostReasons && <p class="faint">and {reasons.length - mostReasons} more</p>}
    </section>
  );
}

function Decide({ model, path }: { readonly model: RunModel; readonly path: string | undefined }) {
  const step = path === undefined ? undefined : model.steps.get(path);
  const decision = step === undefined ? undefined : decisionAt(model.detail.id, step);
  return decision === undefined ? null : <a href={formatRoute(decision)}>Decide</a>;
}

function FirstCause({ failure, onShow }: { readonly failure: Failure; readonly onShow: (path: string) => void }) {
  const { error, attempts } = failure;
  return (
    <>
      <p class="cause">
        <StatusMark status="failed" />
        <span>
          <Place failure={failure} onShow={onShow} /> failed
          {attempts > 1 ? ` at attempt ${attempts}` : ''}: <InlineText text={error.message} /> <code>{error.code}</code>
        </span>
      </p>
      {error.next !== undefined && (
        <p class="next">
          <InlineText text={error.next} />
        </p>
      )}
    </>
  );
}

function Place({ failure: { path }, onShow }: { readonly failure: Failure; readonly onShow: (path: string) => void }) {
  if (path === undefined) return <>The run</>;
  return (
    <button type="button" class="quiet path" onClick={() => onShow(path)}>
      {path}
    </button>
  );
}
