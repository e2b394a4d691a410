/** Whether the rails of a program that enforce are measured as well as a floor asks. */
import type { Program, RailsSpec, RailUse, Step } from '@telos/core';
import type { Catalog } from '@telos/language';
import { canonicalJson } from '@telos/language';
import { calibrationWith, measuredParams } from './calibration-of.ts';
import { keptCalibrations } from './kept-calibrations.ts';
import { belowFloors, readFloor } from './read-floors.ts';
import type { Floor } from './read-floors.ts';

export type BelowFloor = {
  /** `rails.input`, `draft.rails.output`. */
  readonly place: string;
  readonly rail: string;
  readonly message: string;
};

/** @throws TelosError USAGE. */
export function readFloors(texts: readonly string[]): readonly Floor[] {
  return texts.map(readFloor);
}

/** One entry for each rail that is not kept measured as good as every floor. */
export function railsBelow(
  program: Program,
  floors: readonly Floor[],
  { home, catalog }: { readonly home: string; readonly catalog: Catalog },
): readonly BelowFloor[] {
  if (floors.length === 0) return [];
  return [...railsIn(program)].flatMap(([place, rail]) => {
    if (rail.mode === 'shadow' || rail.action === 'flag') return [];
    const reasons = reasonsBelow(rail, floors, { home, catalog });
    return reasons.length === 0 ? [] : [{ place, rail: rail.name, message: reasons.join(' ') }];
  });
}

function reasonsBelow(
  { uses, with: given }: RailUse,
  floors: readonly Floor[],
  { home, catalog }: { readonly home: string; readonly catalog: Catalog },
): readonly string[] {
  const check = catalog.checks.get(uses);
  const newest = calibrationWith(keptCalibrations(home, uses), { check, version: check?.version, params: given });
  if (newest === undefined) {
    const params = measuredParams(check, given);
    const shown = Object.keys(params).length === 0 ? 'without parameters' : `with ${canonicalJson(params)}`;
    const version = check?.version === undefined ? '' : ` by version ${check.version}`;
    return [`No calibration of ${uses} ${shown}${version} is kept; \`telos calibrate ${uses}\` makes one.`];
  }
  return belowFloors(floors, newest);
}

function* railsIn(program: Program): Iterable<readonly [string, RailUse]> {
  yield* at('rails', program.rails);
  yield* inSteps('', program.steps);
  for (const [index, { steps }] of (program.catch ?? []).entries()) yield* inSteps(`catch[${index}].`, steps);
  yield* inSteps('finally.', program.finally?.steps ?? []);
}

function* inSteps(around: string, steps: readonly Step[]): Iterable<readonly [string, RailUse]> {
  for (const step of steps) {
    const path = `${around}${step.id}`;
    yield* at(`${path}.rails`, step.rails);
    if (step.kind === 'foreach' || step.kind === 'loop') yield* inSteps(`${path}.`, step.steps);
    if (step.kind === 'parallel')
      for (const [branch, inner] of Object.entries(step.branches)) yield* inSteps(`${path}.${branch}.`, inner);
    if (step.kind === 'switch')
      for (const [index, { steps: inner }] of step.cases.entries()) yield* inSteps(`${path}[${index}].`, inner);
  }
}

function* at(place: string, rails: RailsSpec | undefined): Iterable<readonly [string, RailUse]> {
  for (const [name, list] of Object.entries(rails ?? {})) for (const rail of list) yield [`${place}.${name}`, rail];
}
