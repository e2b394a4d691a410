import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { ApprovalView, Decision } from '@telos/contract';
import { useMemo } from 'preact/hooks';
import { DecisionFields } from './decision-fields.tsx';
import { formatExactly, formatMinute, formatWhen } from '../format/instant.ts';
import { now } from '../parts/now.ts';
import { Refusal } from '../parts/refusal.tsx';
import { Status, StatusMark } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { ErrorNote } from '../run/error-note.tsx';
import { Verdicts } from '../run/gate-view.tsx';
import { apiKey } from '../server/api-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { PayloadValue } from '../value/value-view.tsx';
import { valueViews } from '../value/value-views.ts';
import { editableOf, readForm, readText } from './approval-value.ts';
import { Permission } from './permission.tsx';
import { ValueFields } from './value-fields.tsx';

const words: Readonly<Record<Decision, string>> = {
  approve: 'Approve',
  reject: 'Reject',
  retry: 'Try again',
  succeed: 'It succeeded',
  fail: 'It failed',
};

const asks: Readonly<Record<string, string>> = {
  step: 'asks for a decision',
  gate: 'gave what did not pass its gate',
  permission: 'asks for leave to run',
  rail: 'has something that a rail asks about',
  plan: 'has a plan to be decided about',
};

export type ApprovalCardProps = { readonly approval: ApprovalView; readonly onDecided: () => void };

/** One thing to decide: what it is about, a field to edit it, a note, and the decisions. */
export function ApprovalCard({ approval, onDecided }: ApprovalCardProps) {
  const { id, run, workflow, path, kind, since, due_at, who, show, rails, error, decisions, permission } = approval;
  const { labels, purpose } = approval;
  // A plan is read and edited on the page of its objective.
  const isPlan = purpose === 'plan';
  const editable = useMemo(() => (isPlan ? undefined : editableOf(approval)), [id]);
  const texts = useSignal<Readonly<Record<string, string>>>(
    editable === undefined
      ? {}
      : editable.kind === 'form'
        ? Object.fromEntries(editable.fields.map(({ name, initial }) => [name, initial]))
        : { '': editable.first },
  );
  const faults = useSignal<Readonly<Record<string, string>>>({});
  const note = useSignal('');
  const as = useSignal(who?.[0] ?? '');
  // Behind a key the server knows who decides; without keys it is told.
  const isToldWho = apiKey.value === undefined && who !== undefined && who.length > 0;
  const refusal = useSignal<RequestFailure | undefined>(undefined);
  const sent = useSignal<Decision | undefined>(undefined);
  const begun = Date.parse(since);
  const isField = (path: string) => editable?.kind === 'form' && editable.fields.some(({ name }) => name === path);

  const decide = async (decision: Decision) => {
    const takesValue = editable !== undefined && (decision === 'approve' || decision === 'succeed');
    const read = !takesValue
      ? {}
      : editable.kind === 'form'
        ? readForm(editable.fields, texts.peek())
        : readText(editable, texts.peek()[''] ?? '');
    refusal.value = undefined;
    faults.value = 'faults' in read ? read.faults : {};
    if ('faults' in read) return focusFirst(id, read.faults);
    sent.value = decision;
    try {
      const body = { decision, ...read, ...(note.value === '' ? {} : { note: note.value }) };
      const headers = isToldWho ? { 'telos-as': as.value } : {};
      await request(locations.approval(id), { method: 'POST', body, headers });
      onDecided();
    } catch (thrown) {
      sent.value = undefined;
      const failure = thrown instanceof RequestFailure ? thrown : new RequestFailure(String(thrown));
      refusal.value = failure;
      faults.value = Object.fromEntries(
        (failure.problem?.errors ?? [])
          .map(({ path: at, message }) => [fieldIn(at), message] as const)
          .filter(([name]) => isField(name)),
      );
      focusFirst(id, faults.value);
      if (failure.problem?.code === 'WAIT_NOT_FOUND') onDecided();
    }
  };

  // JSON is read as well in the field as beside it.
  const isShownByField =
    editable?.kind === 'json' && show !== undefined && 'value' in show && valueViews(show.value)[0].kind === 'json';

  return (
    <article class="approval" aria-label={`${workflow}: ${path}`}>
      <h2>
        <a href={formatRoute({ page: 'run', id: run, step: path })}>
          {workflow}: <code>{path}</code>
        </a>
      </h2>
      <p class="approval-state">
        {kind === 'approval' ? <StatusMark status="waiting" /> : <Status status={kind} />}
        <span>
          {kind === 'approval' && asks[purpose ?? 'step']}
          {who !== undefined && who.length > 0 && ` from ${who.join(' or ')}`}
        </span>
        <span class="faint" title={formatExactly(begun)}>
          {formatWhen(begun, now.value)}
          {due_at !== undefined && `, until ${formatMinute(Date.parse(due_at))}`}
        </span>
      </p>
      {labels.length > 0 && (
        <p class="approval-labels">
          <span class="faint">It carries</span>
          {labels.map((label) => (
            <span key={label} class={`tag label-${label}`}>
              {label}
            </span>
          ))}
        </p>
      )}
      {isPlan && (
        <p>
          <a href={formatRoute({ page: 'objective', run })}>See the plan step by step, or edit it</a>
        </p>
      )}
      {error !== undefined && <ErrorNote error={error} />}
      {permission !== undefined && <Permission permission={permission} />}
      {rails !== undefined && <Verdicts verdicts={rails.verdicts} />}
      {show !== undefined && !isPlan && !isShownByField && <PayloadValue payload={show} label={`What ${path} shows`} />}
      {editable !== undefined && (
        <ValueFields
          id={id}
          editable={editable}
          goesWith={kind === 'approval' ? 'goes with Approve' : 'what the step gives, if it succeeded'}
          texts={texts}
          faults={faults}
        />
      )}
      <DecisionFields id={id} who={isToldWho ? who : undefined} as={as} note={note} />
      {refusal.value !== undefined && <Refusal failure={refusal.value} isShown={(at) => isField(fieldIn(at))} />}
      <p class="decisions">
        {decisions.map((decision, index) => (
          <button
            key={decision}
            type="button"
            class={index === 0 ? 'button is-primary' : 'button'}
            disabled={sent.value !== undefined}
            onClick={() => void decide(decision)}
          >
            {words[decision]}
          </button>
        ))}
      </p>
    </article>
  );
}

/** The field of a form that a problem names: `value.title` is `title`. */
function fieldIn(path: string): string {
  return /^value\.([^.[]+)/.exec(path)?.[1] ?? '';
}

function focusFirst(id: string, faults: Readonly<Record<string, string>>): void {
  const [name] = Object.keys(faults);
  if (name !== undefined) document.getElementById(name === '' ? `value-${id}` : `form-${id}-${name}`)?.focus();
}
