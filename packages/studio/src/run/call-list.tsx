import type { CallView } from '@telos/contract';
import { formatCompact, formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { StatusMark } from '../parts/status-mark.tsx';
import { JsonView } from '../value/json-view.tsx';
import { PayloadValue } from '../value/value-view.tsx';
import { ErrorNote } from './error-note.tsx';

export type CallListProps = {
  readonly calls: readonly CallView[];
  /** Of the call that stands open: the reader came for it. */
  readonly open?: number;
};

/** Model and tool calls, in order: what was sent, what came back, what it cost. */
export function CallList({ calls, open }: CallListProps) {
  return (
    <ol class="calls">
      {calls.map((call) => (
        <li key={`${call.attempt}/${call.index}`}>
          <details open={call.index === open}>
            <summary>
              <StatusMark status={call.error === undefined ? 'succeeded' : 'failed'} />
              <span class="sr-only">{call.error === undefined ? 'succeeded' : 'failed'}</span>
              <span class="call-name">{call.name}</span>
              <span class="note">{call.kind}</span>
              <span class="call-figures number">{figuresOf(call)}</span>
            </summary>
            {call.error !== undefined && <ErrorNote error={call.error} />}
            <h4>Sent</h4>
            <PayloadValue payload={call.input} label="Sent" />
            {call.output !== undefined && (
              <>
                <h4>Came back</h4>
                <PayloadValue payload={call.output} label="Came back" />
              </>
            )}
            {call.attributes !== undefined && Object.keys(call.attributes).length > 0 && (
              <>
                <h4>Attributes</h4>
                <JsonView value={call.attributes} />
              </>
            )}
          </details>
        </li>
      ))}
    </ol>
  );
}

/** How long it took, and what it cost. */
export function figuresOf({
  usage,
  started_at,
  ended_at,
}: Pick<CallView, 'usage' | 'started_at' | 'ended_at'>): string {
  const length = formatDuration(Date.parse(ended_at) - Date.parse(started_at));
  if (usage === undefined) return length;
  const tokens = usage.input_tokens + usage.output_tokens;
  return [
    tokens === 0 ? '' : `${formatCompact(usage.input_tokens)} → ${formatCompact(usage.output_tokens)} tokens`,
    usage.usd === 0 ? '' : formatMoney(usage.usd),
    length,
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
