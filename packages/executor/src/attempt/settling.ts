/** Settling an attempt: its outcome becomes a command, wherever it ran. What follows from which outcome is decided here. */
import { leavesInDoubt, TelosError } from '@telos/core';
import type { Did, ErrorRecord, GateResult, Labelling, Payload, RailsResult, Usage } from '@telos/core';
import type { Scope } from '@telos/language';
import { boundedError } from '../running/bounded.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfInput, labellingOfOutput } from '../labels/labelling.ts';
import type { ActionAt } from './preparing.ts';
import { waitFor } from '../rails/asked.ts';
import { afterCall, railsOf } from '../rails/rails-of.ts';
import { labellingOfError } from '../gates/reasons.ts';
import { rejectOutput } from '../gates/rejection.ts';

/** What is known of an attempt whose call was made. */
export type Called = {
  readonly usage?: Usage | undefined;
  readonly did?: Did | undefined;
  /** Of what it gave, or of what its error says. */
  readonly labelling?: Labelling | undefined;
};

/** What came of an attempt whose call was made, its values stored, and nothing secret in its words. */
export type Came =
  | { readonly ended: 'failed'; readonly error: ErrorRecord }
  | { readonly ended: 'asked' }
  | { readonly ended: 'succeeded'; readonly output: Payload; readonly gate?: GateResult | undefined }
  /** `scope`: what the remedies of its gate may look at. */
  | { readonly ended: 'rejected'; readonly output: Payload; readonly gate: GateResult; readonly scope: Scope };

/**
 * What follows when nobody knows how far an attempt came.
 * @param error What its far side died of; absent: its process died.
 */
export type Interruption = (at: ActionAt, attempt: number, error?: ErrorRecord) => void;

export function settle(
  { desk, interrupted }: { readonly desk: Desk; readonly interrupted: Interruption },
  at: ActionAt,
  attempt: number,
  came: Came,
  called: Called,
): void {
  switch (came.ended) {
    case 'succeeded':
      settleSuccess(desk, at, attempt, came.output, called, came.gate);
      return;
    case 'failed':
      if (leavesInDoubt(came.error, called.did)) interrupted(at, attempt, boundedError(came.error));
      else settleFailure(desk, at, attempt, came.error, called);
      return;
    case 'asked':
      settleAsked(desk, at, attempt, called);
      return;
    case 'rejected':
      settleRejection(desk, at, attempt, came, called);
  }
}

export function settleFailure(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  thrown: ErrorRecord,
  { usage, did, labelling: made }: Called = {},
): void {
  const { path, step } = at;
  const labelling = labellingOfError(desk, at, thrown, made);
  const error = boundedError(desk.contexts.of(at.frame).rendering.hide(thrown));
  const random = desk.deps.random();
  desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random, usage, did, labelling });
}

/** An attempt that cannot be made fails without its call. */
export function refuseAttempt(desk: Desk, at: ActionAt, attempt: number, error: ErrorRecord): void {
  const { path, step, frame } = at;
  const context = desk.contexts.of(frame);
  const labelling = labellingOfInput(desk.state, context, frame, step);
  desk.apply({ do: 'startStep', at: desk.now(), path, attempt, labelling });
  const { returns = [], echoes } = context.tool(step.uses) ?? {};
  settleFailure(desk, at, attempt, error, {
    labelling: labellingOfOutput({ step, path, input: labelling, returns, echoes }),
  });
}

/** What the rails of an attempt said, in the order in which they did. */
export function recordAnswers(desk: Desk, { path }: ActionAt, attempt: number, results: readonly RailsResult[]): void {
  for (const result of results) desk.apply({ do: 'judgeRails', at: desk.now(), path, attempt, result });
}

/** A person decides about what the last answer holds. */
function settleAsked(desk: Desk, { path, step, frame }: ActionAt, attempt: number, { usage, labelling }: Called): void {
  const judged = desk.state.rails.get(path) ?? {};
  const place = afterCall.findLast((one) => judged[one]?.attempt === attempt && judged[one].outcome === 'ask');
  const asked = place === undefined ? undefined : judged[place];
  if (place === undefined || asked?.value === undefined)
    throw new TelosError('BUG', `${path} is to be asked about, and nothing is known of what.`);
  const wait = waitFor(place, railsOf(desk, step, frame)?.[place] ?? [], asked.verdicts, asked.value, 'go_on');
  const spent = usage === undefined ? {} : { usage };
  desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait, labelling, ...spent });
}

export function settleSuccess(
  desk: Desk,
  { path }: ActionAt,
  attempt: number,
  output: Payload,
  { usage, labelling }: Called,
  gate?: GateResult,
): void {
  desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, usage, labelling, gate });
}

function settleRejection(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  rejected: { readonly output: Payload; readonly gate: GateResult; readonly scope: Scope },
  { usage, did, labelling }: Called,
): void {
  const { path, step, frame } = at;
  rejectOutput(desk, { path, step, frame, attempt, ...rejected, usage, did, labelling });
}
