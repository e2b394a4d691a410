import { useSignal } from '@preact/signals';
import { locations } from '@telos/contract';
import type { LocatedError, PayloadView, ShownPlan, WaitView } from '@telos/contract';
import { useEffect, useRef } from 'preact/hooks';
import { DecisionFields } from '../approvals/decision-fields.tsx';
import { formatCount, formatMoney } from '../format/amount.ts';
import { formatDuration } from '../format/duration.ts';
import { apiKey } from '../server/api-key.ts';
import { request, RequestFailure } from '../server/request.ts';
import { MessageList } from '../workflows/message-list.tsx';
import { marksOf, messagesOf, offsetOf } from '../workflows/messages.ts';
import type { Message } from '../workflows/messages.ts';
import { SourceEditor } from '../workflows/source-editor.tsx';

export type PlanProposalProps = {
  /** What `POST /v1/approvals/{id}` takes. */
  readonly approval: string;
  readonly wait: Extract<WaitView, { kind: 'approval' }>;
};

/** A plan that is to run: its objectives, its steps with their reasons, what it may cost, its text to edit, and the decision. */
export function PlanProposal({ approval, wait }: PlanProposalProps) {
  const shown = usePlan(wait.show);
  const text = useSignal<string | undefined>(undefined);
  const note = useSignal('');
  const as = useSignal(wait.who[0] ?? '');
  const sent = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const messages = useSignal<readonly Message[]>([]);
  const field = useRef<HTMLTextAreaElement>(null);
  const plan = shown.value;
  if (plan === undefined) return <p role="status">Reading the plan…</p>;
  const edited = text.value ?? plan.plan;
  const isToldWho = apiKey.value === undefined && wait.who.length > 0;

  const decide = async (decision: 'approve' | 'reject') => {
    sent.value = true;
    problem.value = undefined;
    messages.value = [];
    try {
      const value = decision === 'approve' && edited !== plan.plan ? { value: edited } : {};
      const body = { decision, ...value, ...(note.value === '' ? {} : { note: note.value }) };
      const headers = isToldWho ? { 'telos-as': as.value } : {};
      await request(locations.approval(approval), { method: 'POST', body, headers });
    } catch (error) {
      sent.value = false;
      problem.value = error instanceof RequestFailure ? error.message : String(error);
      const errors: LocatedError[] = error instanceof RequestFailure ? (error.problem?.errors ?? []) : [];
      messages.value = messagesOf({ valid: false, errors });
    }
  };
  return (
    <section class="proposal" aria-label="The plan">
      <h2>
        {(wait.plan?.round ?? 1) > 1 ? `Plan ${wait.plan?.round}` : 'The plan'}{' '}
        <span class="note">by {plan.planner}</span>
      </h2>
      <h3>Objectives</h3>
      <ul class="plan-objectives">
        {plan.objectives.map(({ id, objective, criterion }) => (
          <li key={id}>
            <code>{id}</code>
            <span>
              {objective} <span class="faint">{criterion}</span>
            </span>
          </li>
        ))}
      </ul>
      <h3>Steps</h3>
      <ol class="plan-steps">
        {plan.steps.map(({ step, uses, block, serves, why, change }) => (
          <li key={step}>
            <span>
              <code>{step}</code> <span class="note">{uses ?? block}</span>{' '}
              {change !== undefined && change !== 'same' && <span class="badge">{change}</span>}
            </span>
            {why !== undefined && (
              <span>
                {why} {serves !== undefined && <span class="faint">for {serves}</span>}
              </span>
            )}
          </li>
        ))}
      </ol>
      <p>
        It may cost {formatMoney(plan.may_cost.expected.usd)} and take {formatDuration(plan.may_cost.expected.ms)}; at
        most {formatMoney(plan.may_cost.most.usd)}, {formatCount(plan.may_cost.most.calls)} calls.
      </p>
      {plan.notes.map((said) => (
        <p key={said} class="faint">
          {said}
        </p>
      ))}
      <details class="plan-text" open={messages.value.length > 0}>
        <summary>Edit its text {edited !== plan.plan && <span class="badge">edited</span>}</summary>
        <SourceEditor
          text={edited}
          label="YAML of the plan"
          marks={marksOf(messages.value)}
          field={field}
          describedBy="plan-faults"
          readOnly={false}
          onInput={(changed) => {
            text.value = changed;
            messages.value = [];
          }}
          onSave={() => undefined}
        />
        {messages.value.length > 0 ? (
          <MessageList
            id="plan-faults"
            messages={messages.value}
            current
            onGo={({ line = 1, column = 1 }) => {
              const at = offsetOf(edited, line, column);
              field.current?.focus();
              field.current?.setSelectionRange(at, at);
            }}
          />
        ) : (
          <p id="plan-faults" class="faint">
            It is held against what was granted when it is approved.
          </p>
        )}
      </details>
      <DecisionFields
        id="plan"
        who={isToldWho ? wait.who : undefined}
        as={as}
        note={note}
        read={wait.plan?.last === true ? '' : '; the planner reads why you reject'}
      />
      {problem.value !== undefined && (
        <p class="field-error" role="alert">
          {problem.value}
        </p>
      )}
      <p class="decisions">
        <button type="button" class="button is-primary" disabled={sent.value} onClick={() => void decide('approve')}>
          {edited === plan.plan ? 'Approve and run' : 'Run as edited'}
        </button>
        <button type="button" class="button" disabled={sent.value} onClick={() => void decide('reject')}>
          Reject
        </button>
      </p>
    </section>
  );
}

/** What is shown of a plan; one that is too large to come along is read. */
function usePlan(show: PayloadView) {
  const plan = useSignal<ShownPlan | undefined>(undefined);
  useEffect(() => {
    // An approval of purpose `plan` shows this and nothing else.
    if ('value' in show) plan.value = show.value as ShownPlan;
    else
      request<ShownPlan>(locations.artifact(show.blob)).then(
        (read) => {
          plan.value = read;
        },
        () => undefined, // the page of approvals says why
      );
  }, [show]);
  return plan;
}
