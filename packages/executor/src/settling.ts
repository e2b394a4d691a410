/** Settling an attempt: its outcome becomes a command, wherever it ran. */
import type { Did, ErrorRecord, GateResult, Labelling, Payload, Usage } from '@telos/core';
import type { Scope } from '@telos/language';
import { boundedError } from './bounded.ts';
import type { Desk } from './desk.ts';
import type { ActionAt } from './preparing.ts';
import { rejectOutput } from './rejection.ts';

/** What is known of an attempt whose call was made. */
export type Called = {
  readonly usage?: Usage | undefined;
  readonly did?: Did | undefined;
  /** Of what it gave, or of what its error says. */
  readonly labelling?: Labelling | undefined;
};

export function settleFailure(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  thrown: ErrorRecord,
  { usage, did, labelling }: Called = {},
): void {
  const { path, step } = at;
  const error = boundedError(desk.contexts.of(at.frame).rendering.hide(thrown));
  const random = desk.deps.random();
  desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random, usage, did, labelling });
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

export function settleRejection(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  rejected: { readonly output: Payload; readonly gate: GateResult; readonly scope: Scope },
  { usage, did, labelling }: Called,
): void {
  const { path, step, frame } = at;
  rejectOutput(desk, { path, step, frame, attempt, ...rejected, usage, did, labelling });
}
