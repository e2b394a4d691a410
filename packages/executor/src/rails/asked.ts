/** A value that rails ask a person about. */
import type { Json, JudgedPlace, Payload, RailPlace, RailUse, RailVerdict, Wait } from '@telos/core';

/** Thrown where a person has to be asked before anything goes on. Never leaves the executor. */
export class Asked extends Error {
  readonly place: RailPlace;

  constructor(place: RailPlace) {
    super(`A rail of ${place} asks.`);
    this.name = 'Asked';
    this.place = place;
  }
}

/** @param onApprove What follows when it is approved: the attempt goes on, or the step has succeeded with the value. */
export function waitFor(
  place: RailPlace,
  rails: readonly RailUse[],
  verdicts: readonly RailVerdict[],
  show: Payload,
  onApprove: 'go_on' | 'succeed',
): Wait {
  return {
    kind: 'approval',
    purpose: 'rail',
    who: decidersOf(rails, verdicts),
    show,
    onTimeout: 'fail',
    rails: { place, verdicts: [...verdicts], onApprove },
  };
}

/** Those whom every rail that asks would ask; anybody when one of them leaves it open. */
function decidersOf(rails: readonly RailUse[], verdicts: readonly RailVerdict[]): string[] {
  const asking = rails.filter(
    ({ name, action, mode }) =>
      action === 'ask' &&
      mode === 'enforce' &&
      verdicts.some(({ check, verdict }) => check === name && verdict !== 'pass'),
  );
  if (asking.length === 0 || asking.some(({ who = [] }) => who.length === 0)) return [];
  return [...new Set(asking.flatMap(({ who = [] }) => who))];
}

/** Whether what was judged may go on. */
export function hasPassed(judged: JudgedPlace | undefined): judged is JudgedPlace {
  return judged !== undefined && (judged.outcome === 'pass' || judged.approved === true);
}

/** What the journal has of a place, its value read. */
export type Known = Pick<JudgedPlace, 'outcome' | 'error' | 'approved'> & { readonly value: Json | undefined };
