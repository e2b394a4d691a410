/**
 * What is known of how well an evaluator judges, beside what it said: the
 * calibration that is kept of the same check with the same parameters.
 */
import type { CalibrationView } from '@telos/contract';
import { placeOf } from '@telos/core';
import type { CheckUse, Program, RailPlace, RailsSpec, Step, Template } from '@telos/core';

/** The newest calibration of this version of a check with these parameters, as they stand in the program; undefined when none is kept. */
export type FindCalibration = (uses: string, version: string, params: Template) => CalibrationView | undefined;

/** Where a verdict was given. */
export type JudgedAt = 'gate' | RailPlace;

/** Puts calibrations to the verdicts that were given somewhere about a step, or by these very checks. */
export type Measured = <V extends { readonly check: string; readonly uses: string; readonly version?: string }>(
  place: JudgedAt | readonly CheckUse[],
  verdicts: readonly V[],
) => (V & { calibration?: CalibrationView })[];

/** Nothing is known of any. */
export const unmeasured: Measured = (_place, verdicts) => [...verdicts];

/** @param define What the program says of a step of the run. */
export function measuredIn(
  find: FindCalibration | undefined,
  program: Program | undefined,
  define: (path: string) => Step | undefined,
): (path: string) => Measured {
  if (find === undefined) return () => unmeasured;
  return (path) => (place, verdicts) => {
    const uses =
      typeof place !== 'string'
        ? place
        : place === 'gate'
          ? gateUses(define(path))
          : railUses(path, place, program, define);
    return verdicts.map((verdict) => {
      const { version } = verdict;
      // What measured another version does not tell of this score.
      if (version === undefined) return verdict;
      const found = uses.filter((use) => use.name === verdict.check && use.uses === verdict.uses);
      const calibrations = found.map((use) => find(use.uses, version, use.with));
      const [first] = calibrations;
      // Of two by one name nobody can say which it was.
      const sure = first !== undefined && calibrations.every((one) => one?.at === first.at);
      return sure ? { ...verdict, calibration: first } : verdict;
    });
  };
}

function gateUses(step: Step | undefined): readonly CheckUse[] {
  const { checks = [], judge } = step?.gate ?? {};
  return judge === undefined ? checks : [...checks, judge];
}

/** The rails of a place, the step's own first, then those of the blocks around it and of the run. */
function railUses(
  path: string,
  place: RailPlace,
  program: Program | undefined,
  define: (path: string) => Step | undefined,
): readonly CheckUse[] {
  const { parent } = placeOf(path);
  const around = parent === undefined ? railsAt(program?.rails, place) : railUses(parent, place, program, define);
  return [...railsAt(define(path)?.rails, place), ...around];
}

function railsAt(rails: RailsSpec | undefined, place: RailPlace): readonly CheckUse[] {
  return rails?.[place] ?? [];
}
