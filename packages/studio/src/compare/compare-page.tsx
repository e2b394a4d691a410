import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { RunDiff, StepDiff } from '@telos/contract';
import { useEffect } from 'preact/hooks';
import { plural } from '../format/amount.ts';
import { Notice } from '../parts/notice.tsx';
import { formatRoute, noFilter } from '../route.ts';
import { request, RequestFailure } from '../server/request.ts';
import { ChangeList } from './change-list.tsx';
import { ChooseOther } from './choose-other.tsx';
import { Comparison } from './comparison.tsx';
import { StepChange } from './step-change.tsx';

export type ComparePageProps = {
  readonly a: string;
  /** Absent: the reader is asked for it. */
  readonly b?: string;
};

/** Steps drawn at once; a run may have ten thousand. */
const pageSize = 200;

/** Two runs side by side: their figures, their inputs and outputs, and their steps, aligned by path. */
export function ComparePage({ a, b }: ComparePageProps) {
  useEffect(() => {
    document.title = 'Compare · Telos';
  }, []);
  return (
    <main class="page compare-page">
      <div class="page-head">
        <h1>Compare runs</h1>
        {b !== undefined && (
          <>
            <a class="button" href={formatRoute({ page: 'compare', a: b, b: a })}>
              Swap
            </a>
            <a class="button" href={formatRoute({ page: 'compare', a })}>
              Another run…
            </a>
          </>
        )}
      </div>
      {b === undefined ? <ChooseOther run={a} /> : <Compared key={`${a} ${b}`} a={a} b={b} />}
    </main>
  );
}

function Compared({ a, b }: { readonly a: string; readonly b: string }) {
  const diff = useSignal<RunDiff | undefined>(undefined);
  const failure = useSignal<RequestFailure | undefined>(undefined);
  const withSame = useSignal(false);
  const shown = useSignal(pageSize);
  useEffect(() => {
    const closed = new AbortController();
    request<RunDiff>(`${locations.diff(a, b)}?same=${withSame.value}`, { signal: closed.signal }).then(
      (read) => {
        diff.value = read;
        failure.value = undefined;
      },
      (error: unknown) => {
        if (closed.signal.aborted) return;
        failure.value = error instanceof RequestFailure ? error : new RequestFailure(String(error));
      },
    );
    return () => closed.abort();
  }, [a, b, withSame.value]);

  if (failure.value !== undefined) {
    return (
      <Notice tone="error" title={failure.value.message}>
        <p>{failure.value.problem?.next}</p>
        <p>
          <a href={formatRoute({ page: 'runs', filter: noFilter })}>All runs</a>
        </p>
      </Notice>
    );
  }
  const read = diff.value;
  if (read === undefined) return <Notice title="Comparing…" />;
  const { inputs, outputs, steps, same } = read;
  const blocks = blocksAmong(steps);
  const differing = steps.length - (steps.some(isSame) ? same : 0);
  return (
    <>
      <Comparison a={read.a} b={read.b} />
      {inputs !== undefined && (
        <section aria-label="Inputs">
          <h2>Inputs</h2>
          <ChangeList changes={inputs} />
        </section>
      )}
      <section aria-label="Outputs">
        <h2>Outputs</h2>
        {outputs === undefined ? <p class="faint">They are the same.</p> : <ChangeList changes={outputs} />}
      </section>
      <section aria-label="Steps">
        <h2>Steps</h2>
        <p class="compare-count">
          {differing === 0
            ? 'No step differs.'
            : `${plural(differing, 'step')} ${differing === 1 ? 'differs' : 'differ'}.`}{' '}
          {same > 0 && (
            <button
              type="button"
              class="chip"
              aria-pressed={withSame.value}
              onClick={() => {
                withSame.value = !withSame.value;
              }}
            >
              Show {plural(same, 'step')} that {same === 1 ? 'is' : 'are'} the same
            </button>
          )}
        </p>
        <ul class="step-changes">
          {steps.slice(0, shown.value).map((step) => (
            <StepChange key={step.path} step={step} open={!blocks.has(step.path)} a={a} b={b} />
          ))}
        </ul>
        {steps.length > shown.value && (
          <button
            type="button"
            class="button"
            onClick={() => {
              shown.value += pageSize;
            }}
          >
            {plural(steps.length - shown.value, 'more step')}
          </button>
        )}
      </section>
    </>
  );
}

/** What a block gave is what the steps in it gave: those are read first. */
function blocksAmong(steps: readonly StepDiff[]): ReadonlySet<string> {
  const above = new Set<string>();
  for (const { path } of steps) for (const { index } of path.matchAll(/[.[#]/g)) above.add(path.slice(0, index));
  return above;
}

/** It stands there only because that was asked for. */
function isSame({ a, b, input, output }: StepDiff): boolean {
  return a?.status === b?.status && input === undefined && output === undefined;
}
