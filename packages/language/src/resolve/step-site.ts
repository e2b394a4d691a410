import type { Json, Step } from '@telos/core';
import type { Place } from '../text/place.ts';
import type { Type } from '../types/type.ts';
import type { Resolution } from './resolution.ts';
import type { Around, Names, Sight, StepTypes } from './sight.ts';

/** A step's place in everything. */
export type StepSite = {
  readonly id: string;
  readonly place: Place;
  /** Ids from the outermost block down to this step: `findings.search`. */
  readonly chain: string;
  readonly after: readonly string[];
  readonly sight: Sight;
  readonly resolution: Resolution;
  /** A rail may put other values in place of what its tool gives. */
  readonly isReplaced: boolean;
  /** Says what the step gives, for the steps after it. */
  gives(types: StepTypes): void;
  /** Reads a list of steps as a body of this one. `names`: what expressions in it may use besides `inputs`, `vars` and `run`. */
  body(written: readonly Json[], place: Place, chain: string, names: Names, resolution: Resolution): ResolvedList;
};

export type ResolvedList = {
  readonly steps: readonly Step[];
  /** What is seen once the whole list has ended. */
  readonly after: Sight;
  /** What the last step gives, which is what the list gives. */
  readonly last: Type;
};

/** What a list of steps stands in. */
export type Surroundings = {
  readonly names: Names;
  readonly around?: Around;
  /** `findings` for its body, `catch[0]` for a handler; empty for the workflow's own list. */
  readonly chain: string;
  /** Ids of steps in the workflow's handlers, with `catch` or `finally`; for its own list. */
  readonly handled?: ReadonlyMap<string, string>;
};
