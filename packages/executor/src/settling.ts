/** Settling an attempt: its outcome becomes a command, wherever it ran. */
import type { Did, ErrorRecord, GateResult, Labels, Payload, Usage } from '@telos/core';
import type { Scope } from '@telos/language';
import { boundedError } from './bounded.ts';
import type { Desk } from './desk.ts';
import type { ActionAt } from './preparing.ts';
import { rejectOutput } from './rejection.ts';

/** What is known of an attempt whose call was made. */
export type Called = {
  readonly usage?: Usage | undefined;
  readonly did?: Did | undefined;
  readonly labels?: Labels | undefined;
};

export function settleFailure(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  thrown: ErrorRecord,
  called: Called = {},
): void {
  const { path, step } = at;
  const error = boundedError(desk.contexts.of(at.frame).rendering.hide(thrown));
  desk.apply({
    do: 'failStep',
    at: desk.now(),
    path,
    attempt,
    step,
    error,
    random: desk.deps.random(),
    ...known(called),
  });
}

export function settleSuccess(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  output: Payload,
  { usage, labels }: Called,
  gate?: GateResult,
): void {
  const judged = gate === undefined ? {} : { gate };
  desk.apply({
    do: 'succeedStep',
    at: desk.now(),
    path: at.path,
    attempt,
    output,
    ...known({ usage, labels }),
    ...judged,
  });
}

export function settleRejection(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  rejected: { readonly output: Payload; readonly gate: GateResult; readonly scope: Scope },
  called: Called,
): void {
  const { path, step, frame } = at;
  const { labels = [], ...rest } = known(called);
  rejectOutput(desk, { path, step, frame, attempt, ...rejected, labels, ...rest });
}

function known({ usage, did, labels }: Called) {
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(did === undefined ? {} : { did }),
    ...(labels === undefined ? {} : { labels }),
  };
}
