import type { ListedWait } from '@telos/core';
import type { ApprovalKind, ApprovalView } from '@telos/contract';
import { approvalId, decisionsOf } from '../steer/approvals.ts';
import type { ShowPayload } from './payloads.ts';
import { askedView } from './event-view.ts';
import { timestamp } from './timestamp.ts';

/** The payload that `approvalView` shows. */
export function approvalPayload({ wait }: ListedWait) {
  return wait?.kind === 'approval' ? wait.show : undefined;
}

/** A wait for a person, as lists of approvals have it. */
export function approvalView(listed: ListedWait, show: ShowPayload): ApprovalView {
  const { run, workflow, namespace, path, attempt, kind, since, dueAt, labels, wait, error } = listed;
  return {
    id: approvalId(listed),
    run,
    workflow,
    namespace,
    path,
    attempt,
    // Safe: only waits of these kinds are listed.
    kind: kind as ApprovalKind,
    since: timestamp(since),
    ...(dueAt === undefined ? {} : { due_at: timestamp(dueAt) }),
    labels: [...(labels ?? [])],
    decisions: [...decisionsOf(listed)],
    ...(wait?.kind === 'approval'
      ? {
          purpose: wait.purpose,
          who: [...wait.who],
          show: show(wait.show),
          ...(wait.form === undefined ? {} : { form: { ...wait.form } }),
          ...(wait.gate === undefined ? {} : { gate: wait.gate }),
          ...(wait.permission === undefined ? {} : { permission: wait.permission }),
          ...(wait.plan === undefined ? {} : { plan: { round: wait.plan.round, last: wait.plan.last } }),
          ...(wait.rails === undefined ? {} : { rails: askedView(wait.rails) }),
        }
      : {}),
    ...(error === undefined ? {} : { error }),
  };
}
