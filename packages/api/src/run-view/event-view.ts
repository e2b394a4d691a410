import type { EventOf, Fork, RateLimit, Recorded, Wait } from '@telos/core';
import type { AskedRailsView, BudgetView, EventView, ForkView, RateLimitView, WaitView } from '@telos/contract';
import { railCallViews } from './rail-calls.ts';
import { timestamp } from './timestamp.ts';

/** An event of the journal as the API shows it; payloads stay as they are stored. */
export function eventView({ run, seq, event }: Recorded): EventView {
  const envelope = { run_id: run, seq, at: timestamp(event.at) };
  switch (event.type) {
    case 'run.created':
      return { ...createdView(event), ...envelope };
    case 'budget.raised':
      return { ...event, ...envelope, budget: budgetView(event.budget) };
    case 'run.waiting': {
      const { until, ...rest } = event;
      return { ...rest, ...envelope, ...(until === undefined ? {} : { until: timestamp(until) }) };
    }
    case 'wait.opened':
      return { ...event, ...envelope, wait: waitView(event.wait) };
    case 'attempt.failed': {
      const { retryAt, ...rest } = event;
      return { ...rest, ...envelope, retry_at: timestamp(retryAt) };
    }
    case 'call.waiting':
    case 'call.admitted':
      return { ...event, ...envelope, limit: rateLimitView(event.limit) };
    case 'call.finished': {
      const { startedAt, ...call } = event.call;
      return { ...event, ...envelope, call: { ...call, started_at: timestamp(startedAt) } };
    }
    case 'rail.judged': {
      // What was hidden is shown to nobody.
      const { hidden: _hidden, calls, ...rest } = event;
      return { ...rest, ...railCallViews(calls), ...envelope };
    }
    default:
      return { ...event, ...envelope };
  }
}

function createdView(created: EventOf<'run.created'>) {
  const { budget, fork, trigger, concurrency, ...rest } = created;
  return {
    ...rest,
    ...(budget === undefined ? {} : { budget: budgetView(budget) }),
    ...(fork === undefined ? {} : { fork: forkView(fork) }),
    ...(trigger === undefined ? {} : { trigger: { ...trigger, at: timestamp(trigger.at) } }),
    ...(concurrency === undefined
      ? {}
      : { concurrency: { key: concurrency.key, max: concurrency.max, when_full: concurrency.whenFull } }),
  };
}

export function forkView({ run, from, sideEffects, inputs }: Fork): ForkView {
  return { run, from: [...from], side_effects: sideEffects, ...(inputs === undefined ? {} : { inputs }) };
}

export function waitView(wait: Wait): WaitView {
  if (wait.kind === 'time') return { kind: 'time', due_at: timestamp(wait.dueAt) };
  const { dueAt, ...rest } = wait;
  const due = dueAt === undefined ? {} : { due_at: timestamp(dueAt) };
  if (rest.kind === 'signal') {
    const { onTimeout, schema, ...signal } = rest;
    return { ...signal, ...due, on_timeout: onTimeout, ...(schema === undefined ? {} : { schema: { ...schema } }) };
  }
  const { onTimeout, form, rails, plan, ...approval } = rest;
  return {
    ...approval,
    ...due,
    on_timeout: onTimeout,
    ...(form === undefined ? {} : { form: { ...form } }),
    ...(rails === undefined ? {} : { rails: askedView(rails) }),
    ...(plan === undefined ? {} : { plan: { round: plan.round, last: plan.last } }),
  };
}

export function askedView({
  onApprove,
  ...rails
}: NonNullable<Extract<Wait, { kind: 'approval' }>['rails']>): AskedRailsView {
  return { ...rails, on_approve: onApprove };
}

export function rateLimitView({ of, unit, perMinute }: RateLimit): RateLimitView {
  return { of, unit, per_minute: perMinute };
}

export function budgetView(budget: NonNullable<EventOf<'run.created'>['budget']>): BudgetView {
  const { wallMs, onExceeded, ...rest } = budget;
  return { ...rest, ...(wallMs === undefined ? {} : { wall_ms: wallMs }), on_exceeded: onExceeded };
}
