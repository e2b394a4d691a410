import { useEffect, useMemo } from 'preact/hooks';
import { formatCount, formatMoney, plural } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { Fact } from '../parts/fact.tsx';
import { now } from '../parts/now.ts';
import { Score } from '../parts/score.tsx';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { PayloadValue } from '../value/value-view.tsx';
import { AttemptList } from './attempt-list.tsx';
import { CallList } from './call-list.tsx';
import { ErrorNote } from './error-note.tsx';
import { GateVerdicts } from './gate-view.tsx';
import { InspectorSection } from './inspector-section.tsx';
import { RailsSections } from './rails-view.tsx';
import type { StepNode } from './run-model.ts';
import type { RunStore } from './run-store.ts';
import { StepSource } from './step-source.tsx';
import { openStep } from './step-store.ts';
import type { Waited } from './time-spent.ts';
import { decisionAt } from './wait-note.ts';

export type StepInspectorProps = {
  readonly store: RunStore;
  readonly run: string;
  readonly step: StepNode;
  /** How its time went besides work. */
  readonly waited: readonly Waited[];
  /** How many calls are known of it: one more means that there is more to read. */
  readonly calls: number;
  /** Index of the call that the reader chose in the tree. */
  readonly openCall?: number;
};

/** One step, whole: why it failed, what came out, what went in, how it was judged, what was called. */
export function StepInspector({ store, run, step, waited, calls, openCall }: StepInspectorProps) {
  const reached = step.status !== 'pending';
  const details = useMemo(() => openStep(run, step.path), [run, step.path]);
  useEffect(() => details.close, [details]);
  useEffect(() => {
    if (reached) details.read();
  }, [details, reached, step.status, step.attempt, calls]);

  const detail = details.detail.value;
  const failure = details.failure.value;
  const last = detail?.attempts.at(-1);
  const earlier = detail?.attempts.slice(0, -1) ?? [];
  const decision = decisionAt(run, step);
  void store.liveRevision.value;
  const live = step.status === 'running' ? store.live.get(step.path) : undefined;

  return (
    <>
      <StepFacts step={step} waited={waited} />
      {reached && (
        <p class="step-actions">
          <a class="button" href={formatRoute({ page: 'fork', run, step: step.path })} aria-keyshortcuts="f">
            Fork from here…
          </a>
        </p>
      )}
      {step.error !== undefined && <ErrorNote error={step.error} />}
      {step.reason !== undefined && <p class="said">Skipped: {step.reason}</p>}
      {!reached && <p class="said faint">It has not started: the steps before it come first.</p>}
      {step.retryAt !== undefined && (
        <p class="said">
          {step.retryAt > now.value
            ? `It is tried again in ${formatDuration(step.retryAt - now.value)}.`
            : 'It is about to be tried again.'}
        </p>
      )}
      {decision !== undefined && (
        <p class="said">
          It {step.status === 'waiting' ? 'waits for a person' : 'stands aside for a person'}.{' '}
          <a href={formatRoute(decision)}>Decide</a>
        </p>
      )}
      {failure !== undefined && detail === undefined && (
        <p class="field-error" role="alert">
          {failure.message}
        </p>
      )}
      {live !== undefined && (
        <InspectorSection title="Writing" aside="as it comes">
          <pre class="plain-text is-live" aria-live="off">
            {[live.text, live.progress ?? ''].filter((shown) => shown !== '').join('\n')}
          </pre>
        </InspectorSection>
      )}
      {detail?.output !== undefined && (
        <InspectorSection title={step.status === 'succeeded' ? 'Output' : 'Output, not used'}>
          <PayloadValue payload={detail.output} label="Output" />
        </InspectorSection>
      )}
      {step.gate !== undefined && (
        <InspectorSection title="Checks" aside={<GateAside passed={step.gate.passed} score={step.gate.score} />}>
          <GateVerdicts gate={step.gate} />
        </InspectorSection>
      )}
      {detail !== undefined && <RailsSections attempts={detail.attempts} />}
      {detail?.source !== undefined && <StepSource source={detail.source} />}
      {detail?.input !== undefined && (
        <InspectorSection title="Input" aside="as rendered">
          <PayloadValue payload={detail.input} label="Input" />
        </InspectorSection>
      )}
      {earlier.length > 0 && (
        <InspectorSection title="Earlier attempts" aside={formatCount(earlier.length)}>
          <AttemptList attempts={earlier} />
        </InspectorSection>
      )}
      {last !== undefined && last.calls.length > 0 && (
        <InspectorSection title="Calls" aside={formatCount(last.calls.length)}>
          <CallList calls={last.calls} {...(openCall === undefined ? {} : { open: openCall })} />
        </InspectorSection>
      )}
    </>
  );
}

function GateAside({ passed, score }: { readonly passed: boolean; readonly score: number }) {
  return (
    <>
      {passed ? 'passed' : 'not passed'} <Score score={score} />
    </>
  );
}

function StepFacts({ step, waited }: Pick<StepInspectorProps, 'step' | 'waited'>) {
  const tokens = step.usage.input_tokens + step.usage.output_tokens;
  return (
    <dl class="facts">
      <Fact name="Status">
        <Status status={step.status} />
      </Fact>
      {step.startedAt !== undefined && (
        <Fact name="Started">
          <span title={formatExactly(step.startedAt)}>{formatWhen(step.startedAt, now.value)}</span>
        </Fact>
      )}
      {step.startedAt !== undefined && (
        <Fact name="Duration">{formatDuration((step.endedAt ?? now.value) - step.startedAt)}</Fact>
      )}
      {waited.length > 0 && (
        <Fact name="Of that it waited">
          {waited.map(({ what, ms }) => (
            <span key={what} class="waited">
              {formatDuration(ms)} <span class="faint">{what}</span>
            </span>
          ))}
        </Fact>
      )}
      {step.attempt > 1 && <Fact name="Attempt">{step.attempt}</Fact>}
      {step.usage.calls > 0 && (
        <Fact name="Cost">
          {formatMoney(step.usage.usd)} <span class="faint">{plural(step.usage.calls, 'call')}</span>
        </Fact>
      )}
      {tokens > 0 && (
        <Fact name="Tokens">
          {formatCount(step.usage.input_tokens)} <span class="faint">in</span> {formatCount(step.usage.output_tokens)}{' '}
          <span class="faint">out</span>
        </Fact>
      )}
      {step.labels.length > 0 && (
        <Fact name="Labels">
          {step.labels.map((label) => (
            <span key={label}>
              <span class={`tag label-${label}`}>{label}</span>{' '}
              <span class="faint">{step.labelling?.[label]?.join(', ')}</span>{' '}
            </span>
          ))}
        </Fact>
      )}
    </dl>
  );
}
