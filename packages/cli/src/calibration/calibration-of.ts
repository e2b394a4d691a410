import type { FindCalibration } from '@telos/api/trace';
import type { AnyCheck, Instant, Template } from '@telos/core';
import { canonicalJson, hashOf } from '@telos/language';
import { isObject } from '@telos/language/text';
import { figureNames } from '@telos/evaluators/calibration';
import { keptCalibrations } from './kept-calibrations.ts';
import type { KeptCalibration } from './kept-calibrations.ts';

/** Files are looked at again after this long: a page asks for many scores at once. */
const freshMs = 5000;

/** Finds what is kept for a check, as a run's pages show it beside the scores that it gave. */
export function calibrationsIn(
  home: string,
  checks: () => ReadonlyMap<string, AnyCheck>,
  now: () => Instant,
): FindCalibration {
  const read = new Map<string, Read>();
  let known: ReturnType<typeof checks> | undefined;

  function find(kept: readonly KeptCalibration[], uses: string, version: string, params: Template) {
    if (kept.length === 0) return undefined;
    known ??= checks();
    const newest = calibrationWith(kept, { check: known.get(uses), version, params });
    return newest === undefined ? undefined : shown(newest);
  }

  return (uses, version, params) => {
    const key = `${uses} ${version}`;
    let of = read.get(key);
    if (of === undefined || now() - of.at >= freshMs)
      read.set(key, (of = { at: now(), kept: keptCalibrations(home, uses), found: new Map() }));
    if (!of.found.has(params)) of.found.set(params, find(of.kept, uses, version, params));
    return of.found.get(params);
  };
}

type Read = {
  readonly at: Instant;
  readonly kept: readonly KeptCalibration[];
  /** By the parameters as the program holds them: a page asks for the same ones with every score that they gave. */
  readonly found: Map<Template, ReturnType<FindCalibration>>;
};

/** Which calibration is asked for: of this version of a check, with these parameters. */
type Wanted = { readonly check: AnyCheck | undefined; readonly version: string | undefined; readonly params: Template };

/** The newest that there is, whatever the check is given beside its parameters where it stands. */
export function calibrationWith(
  kept: readonly KeptCalibration[],
  { check, version, params }: Wanted,
): KeptCalibration | undefined {
  const hash = hashOf(canonicalJson(measuredParams(check, params)));
  return kept.find((one) => one.version === version && one.params_hash === hash);
}

/** What of its parameters decides how well it judges: those that its place offers it are no part of that. */
export function measuredParams(check: AnyCheck | undefined, given: Template) {
  const offers = Object.values(check?.offers ?? {}).flatMap((asked) => Object.keys(asked));
  if (!isObject(given)) return {};
  return Object.fromEntries(Object.entries(given).filter(([key]) => !offers.includes(key)));
}

function shown(kept: KeptCalibration) {
  const { evaluator, n, at, version } = kept;
  const figures = figureNames.flatMap((name) => {
    const value = kept[name];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return { evaluator, n, at, version, figures: Object.fromEntries(figures) };
}
