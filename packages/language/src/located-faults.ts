import type { ErrorCode } from '@telos/core';
import type { Fault } from './fault.ts';
import type { Source } from './read/read-source.ts';
import type { Finding, Report } from './resolve/finding.ts';
import { defined } from './text/defined.ts';
import { placeText } from './text/place.ts';

/** At most this many faults are reported; more help nobody. */
const mostFaults = 200;
/** After so many nothing is looked for any more: each costs a search for the name that was meant. */
export const enoughFaults = 1000;

/** What is said about things that may stand further down, behind a syntax error, cannot be trusted. */
const needsTheWhole: ReadonlySet<string> = new Set([
  'MISSING_KEY',
  'UNKNOWN_STEP',
  'NOT_AN_ANCESTOR',
  'UNKNOWN_INPUT',
  'UNKNOWN_MODEL',
  'UNKNOWN_EVALUATOR',
  'UNKNOWN_CONNECTION',
  'UNKNOWN_TOOL',
]);

class EnoughFaults extends Error {}

/** The faults of one source, each at its line and column; those of reading it are there from the start. */
export type LocatedFaults = {
  readonly report: Report;
  /** What `examine` gives; undefined when so much is wrong with the source that looking on helps nobody. */
  upToEnough<T>(examine: () => T): T | undefined;
  /** By place, each once; after a syntax error only what is certain. */
  list(): readonly Fault[];
};

export function locatedFaults(read: Source, file: string): LocatedFaults {
  const faults: Fault[] = [];
  const add = (
    offset: number,
    code: ErrorCode,
    { place, message, hint }: Pick<Finding, 'place' | 'message' | 'hint'>,
  ) => faults.push(defined({ code, file, ...read.positionOf(offset), path: placeText(place), message, hint }));
  for (const fault of read.faults) add(fault.offset ?? read.offsetOf(fault.place, 'value'), fault.code, fault);
  return {
    report(finding) {
      const { place, within, at = 'value' } = finding;
      const offset =
        within === undefined ? read.offsetOf(place, at) : read.offsetWithin(place, within.piece, within.into);
      add(offset, finding.code, finding);
      if (faults.length >= enoughFaults) throw new EnoughFaults();
    },
    upToEnough(examine) {
      try {
        return examine();
      } catch (error) {
        if (error instanceof EnoughFaults) return undefined;
        throw error;
      }
    },
    list: () => ordered(faults, read),
  };
}

function ordered(faults: readonly Fault[], read: Source): readonly Fault[] {
  const broken = read.brokenAt === undefined ? undefined : read.positionOf(read.brokenAt);
  const seen = new Set<string>();
  return faults
    .filter((fault) => {
      if (
        broken !== undefined &&
        fault.code !== 'YAML_SYNTAX' &&
        (fault.line >= broken.line || needsTheWhole.has(fault.code))
      )
        return false;
      const key = `${fault.code} ${fault.line}:${fault.column} ${fault.path} ${fault.message}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((left, right) => left.line - right.line || left.column - right.column)
    .slice(0, mostFaults);
}
