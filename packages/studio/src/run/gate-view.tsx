import type { GateView as Gate, RailVerdictView, VerdictView } from '@telos/contract';
import { formatMoney, formatScore } from '../format/amount.ts';
import { Score } from '../parts/score.tsx';
import { StatusMark } from '../parts/status-mark.tsx';
import { Worth } from '../parts/worth.tsx';
import { InlineText } from '../value/inline-text.tsx';
import { ValueView } from '../value/value-view.tsx';

const marks = { pass: 'succeeded', fail: 'failed', error: 'quarantined' } as const;
const words = { pass: 'passed', fail: 'failed', error: 'could not run' } as const;

/** What every check said about an output, and on what grounds. */
export function GateVerdicts({ gate }: { readonly gate: Gate }) {
  if (gate.verdicts.length === 0) return <p class="faint">The gate has no check of its own.</p>;
  return <Verdicts verdicts={gate.verdicts} />;
}

/** Of a rail it also says what it does about a value that does not pass. */
export function Verdicts({ verdicts }: { readonly verdicts: readonly (VerdictView | RailVerdictView)[] }) {
  return (
    <ul class="verdicts">
      {verdicts.map((verdict, index) => (
        <Verdict key={index} verdict={verdict} />
      ))}
    </ul>
  );
}

export function gateSummary(gate: Gate): string {
  return `${gate.passed ? 'passed' : 'not passed'} · ${formatScore(gate.score)}`;
}

function Verdict({ verdict }: { readonly verdict: VerdictView | RailVerdictView }) {
  const { check, uses, score, reason, evidence, usage, calibration } = verdict;
  return (
    <li class={`verdict is-${verdict.verdict}`}>
      <p class="verdict-head">
        <StatusMark status={marks[verdict.verdict]} />
        <strong>{check}</strong>
        {uses !== check && <span class="note">{uses}</span>}
        {'action' in verdict && (
          <span class="note">{verdict.mode === 'shadow' ? `${verdict.action}, in shadow` : verdict.action}</span>
        )}
        <span class="sr-only">{words[verdict.verdict]}</span>
        <Score score={score} />
      </p>
      <p class="verdict-reason">
        <InlineText text={reason} />
      </p>
      {calibration !== undefined && (
        <p>
          <Worth calibration={calibration} />
        </p>
      )}
      {usage !== undefined && usage.usd > 0 && <p class="faint">judged for {formatMoney(usage.usd)}</p>}
      {evidence !== undefined && evidence !== null && (
        <details>
          <summary>Evidence</summary>
          <ValueView value={evidence} label={`Evidence of ${check}`} />
        </details>
      )}
    </li>
  );
}
