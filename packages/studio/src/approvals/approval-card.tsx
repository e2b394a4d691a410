import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { ApprovalView, Decision } from '@telos/contract';
import { DecisionFields } from './decision-fields.tsx';
import { formatExactly, formatWhen } from '../format/instant.ts';
import { now } from '../parts/now.ts';
import { Status } from '../parts/status-mark.tsx';
import { formatRoute } from '../route.ts';
import { ErrorNote } from '../run/error-note.tsx';
import { Verdicts } from '../run/gate-view.tsx';
import { apiKey } from '../server/api-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { PayloadValue } from '../value/value-view.tsx';
import { firstText, formFields, readValue } from './approval-value.ts';
import { Permission } from './permission.tsx';

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
  const { id, run, workflow, path, kind, since, due_at, who, show, form, rails, error, decisions, permission } =
    approval;
  const first = firstText(approval);
  const fields = form === undefined ? [] : formFields(form);
  const text = useSignal(first ?? '');
  const note = useSignal('');
  const as = useSignal(who?.[0] ?? '');
  // Behind a key the server knows who decides; without keys it is told.
  const isToldWho = apiKey.value === undefined && who !== undefined && who.length > 0;
  const problem = useSignal<string | undefined>(undefined);
  const sent = useSignal<Decision | undefined>(undefined);
  const begun = Date.parse(since);

  const decide = async (decision: Decision) => {
    const takesValue = decision === 'approve' || decision === 'succeed';
    const read = takesValue && first !== undefined ? readValue(text.value, first, form !== undefined) : {};
    if ('problem' in read) {
      problem.value = read.problem;
      return;
    }
    sent.value = decision;
    try {
      const body = { decision, ...read, ...(note.value === '' ? {} : { note: note.value }) };
      const headers = isToldWho ? { 'telos-as': as.value } : {};
      await request(locations.approval(id), { method: 'POST', body, headers });
      onDecided();
    } catch (failure) {
      sent.value = undefined;
      problem.value = failure instanceof RequestFailure ? failure.message : String(failure);
      if (failure instanceof RequestFailure && failure.problem?.code === 'WAIT_NOT_FOUND') onDecided();
    }
  };

  return (
    <article class="approval" aria-label={`${workflow}: ${path}`}>
      <h2>
        <a href={formatRoute({ page: 'run', id: run, step: path })}>
          {workflow}: <code>{path}</code>
        </a>
      </h2>
      <p>
        <Status status={kind === 'approval' ? 'waiting' : kind} />{' '}
        {kind === 'approval' && asks[approval.purpose ?? 'step']}
        {who !== undefined && who.length > 0 && ` from ${who.join(' or ')}`}{' '}
        <span class="faint" title={formatExactly(begun)}>
          {formatWhen(begun, now.value)}
          {due_at !== undefined && `, until ${formatExactly(Date.parse(due_at))}`}
        </span>
      </p>
      {approval.purpose === 'plan' && (
        <p>
          <a href={formatRoute({ page: 'objective', run })}>See the plan step by step</a>
        </p>
      )}
      {error !== undefined && <ErrorNote error={error} />}
      {permission !== undefined && <Permission permission={permission} />}
      {rails !== undefined && <Verdicts verdicts={rails.verdicts} />}
      {show !== undefined && <PayloadValue payload={show} label={`What ${path} shows`} />}
      {first !== undefined && (
        <div class="field">
          <label for={`value-${id}`}>
            {form === undefined ? 'Value' : 'Form'}{' '}
            <span class="faint">
              {kind === 'approval' ? 'JSON; goes with Approve' : 'JSON; what the step gives, if it succeeded'}
            </span>
          </label>
          <textarea
            id={`value-${id}`}
            rows={Math.min(12, Math.max(3, text.value.split('\n').length))}
            spellcheck={false}
            value={text.value}
            onInput={(event) => {
              text.value = event.currentTarget.value;
              problem.value = undefined;
            }}
            aria-describedby={fields.length === 0 ? undefined : `fields-${id}`}
          />
          {fields.length > 0 && (
            <ul class="form-fields faint" id={`fields-${id}`}>
              {fields.map(({ name, takes, about }) => (
                <li key={name}>
                  <code>{name}</code>: {takes}
                  {about !== undefined && `. ${about}`}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <DecisionFields id={id} who={isToldWho ? who : undefined} as={as} note={note} />
      {problem.value !== undefined && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
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
