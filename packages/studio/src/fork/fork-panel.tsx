import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { go } from '../navigation.ts';
import { Panel } from '../parts/panel.tsx';
import { Refusal } from '../parts/refusal.tsx';
import { RequestFailure } from '../server/request.ts';
import { ForkForm } from './fork-form.tsx';
import { readForkedStep } from './forked-step.ts';
import type { ForkedStep } from './forked-step.ts';

export type ForkPanelProps = {
  readonly run: string;
  /** Path of the step to begin from. */
  readonly step: string;
};

/** Does a run again from a step on, as another run, with what the reader changes. */
export function ForkPanel({ run, step }: ForkPanelProps) {
  const known = useSignal<ForkedStep | undefined>(undefined);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  useEffect(() => {
    const closed = new AbortController();
    readForkedStep(run, step, closed.signal).then(
      (read) => {
        known.value = read;
      },
      (error: unknown) => {
        if (closed.signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      },
    );
    return () => closed.abort();
  }, [run, step]);
  return (
    <Panel id="fork" title={`Fork from ${step}`} onLeave={() => go({ page: 'run', id: run, step })}>
      <p class="description">A new run keeps what came before this step. The run that you look at stays as it is.</p>
      {failure.value !== undefined ? (
        <Refusal failure={failure.value} />
      ) : known.value === undefined ? (
        <p class="faint">Reading the step…</p>
      ) : (
        <ForkForm run={run} step={step} known={known.value} />
      )}
    </Panel>
  );
}
