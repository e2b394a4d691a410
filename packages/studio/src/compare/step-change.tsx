import type { StepDiff } from '@telos/contract';
import { formatMoney, formatScore } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { ErrorNote } from '../run/error-note.tsx';
import { ChangeList } from './change-list.tsx';
import { Changed } from './comparison.tsx';

export type StepChangeProps = {
  readonly step: StepDiff;
  /** Whether what it gave stands open at first. */
  readonly open: boolean;
  /** Ids of the two runs. */
  readonly a: string;
  readonly b: string;
};

/** One step in both runs: its status and figures, and what it was given and gave where that differs. */
export function StepChange({ step, open, a, b }: StepChangeProps) {
  const { path, input, output } = step;
  const failures = step.a?.error !== undefined || step.b?.error !== undefined;
  const head = <StepHead step={step} />;
  if (input === undefined && output === undefined && !failures)
    return (
      <li class="step-change">
        <div class="step-change-head">{head}</div>
      </li>
    );
  return (
    <li class="step-change">
      <details open={open && (output !== undefined || failures)}>
        <summary class="step-change-head">{head}</summary>
        {step.a?.error !== undefined && (
          <>
            <h3>A failed</h3>
            <ErrorNote error={step.a.error} />
          </>
        )}
        {step.b?.error !== undefined && (
          <>
            <h3>B failed</h3>
            <ErrorNote error={step.b.error} />
          </>
        )}
        {output !== undefined && (
          <>
            <h3>Output</h3>
            <ChangeList changes={output} />
          </>
        )}
        {input !== undefined && (
          <>
            <h3>Input</h3>
            <ChangeList changes={input} />
          </>
        )}
        <p class="faint">
          The step <a href={formatRoute({ page: 'run', id: a, step: path })}>in A</a>,{' '}
          <a href={formatRoute({ page: 'run', id: b, step: path })}>in B</a>
        </p>
      </details>
    </li>
  );
}

function StepHead({ step: { path, a, b, input, output } }: { readonly step: StepDiff }) {
  const touched = [output === undefined ? '' : 'output', input === undefined ? '' : 'input'].filter(
    (one) => one !== '',
  );
  return (
    <>
      <code class="step-change-path">{path}</code>
      <span class="step-change-status">
        {a === undefined ? <span class="faint">not in A</span> : <Status status={a.status} />}
        {a?.status !== b?.status && (
          <>
            <span aria-hidden="true">→</span>
            {b === undefined ? <span class="faint">not in B</span> : <Status status={b.status} />}
          </>
        )}
      </span>
      <span class="step-change-figures">
        {touched.length > 0 && <span class="faint">{touched.join(' and ')} changed</span>}
        <Changed a={a?.ms} b={b?.ms} format={formatDuration} better="less" />
        <Changed a={a?.usage.usd} b={b?.usage.usd} format={formatMoney} better="less" />
        <Changed a={a?.score} b={b?.score} format={formatScore} better="more" />
      </span>
    </>
  );
}
