import type { AttemptView } from '@telos/contract';
import { formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { now } from '../parts/now.ts';
import { Status } from '../parts/status-mark.tsx';
import { PayloadValue } from '../value/value-view.tsx';
import { CallList } from './call-list.tsx';
import { ErrorNote } from './error-note.tsx';
import { gateSummary, GateVerdicts } from './gate-view.tsx';

/** Every attempt but the last, which the rest of the inspector shows: why it was not good enough, and what followed. */
export function AttemptList({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  return (
    <ol class="attempts">
      {attempts.map((attempt) => (
        <li key={attempt.attempt}>
          <details>
            <summary>
              <span class="number">{attempt.attempt}</span>
              <Status status={attempt.status} />
              <span class="note">{outcomeOf(attempt)}</span>
              <span class="call-figures number">
                {attempt.usage !== undefined && attempt.usage.usd > 0 ? `${formatMoney(attempt.usage.usd)} · ` : ''}
                {formatDuration(
                  (attempt.ended_at === undefined ? now.value : Date.parse(attempt.ended_at)) -
                    Date.parse(attempt.started_at),
                )}
              </span>
            </summary>
            {attempt.error !== undefined && <ErrorNote error={attempt.error} />}
            {attempt.gate !== undefined && (
              <>
                <h4>Checks: {gateSummary(attempt.gate)}</h4>
                <GateVerdicts gate={attempt.gate} />
              </>
            )}
            {attempt.output !== undefined && (
              <>
                <h4>Output</h4>
                <PayloadValue payload={attempt.output} label="Output" />
              </>
            )}
            {attempt.input !== undefined && (
              <>
                <h4>Input</h4>
                <PayloadValue payload={attempt.input} label="Input" />
              </>
            )}
            {attempt.calls.length > 0 && (
              <>
                <h4>Calls</h4>
                <CallList calls={attempt.calls} />
              </>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}

function outcomeOf({ error, remedy, gate }: AttemptView): string {
  if (remedy !== undefined) {
    return 'repair' in remedy ? 'sent back with the reasons' : 'handed to a stronger model';
  }
  if (error !== undefined) return error.code;
  return gate === undefined ? '' : gateSummary(gate);
}
