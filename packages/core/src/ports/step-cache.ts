import type { Hash, Instant, RunId } from '../ids.ts';
import type { Labelling } from '../labels.ts';
import type { Payload } from '../payload.ts';
import type { StepPath } from '../program/path.ts';

/** What a call that only read has given, for equal calls of later runs. */
export type CachedOutput = {
  /** SHA-256 of all that decides what the call gives. */
  readonly key: Hash;
  /** Whose call it was. Its journal has the output, so what that is keeps as long as the run. */
  readonly run: RunId;
  readonly path: StepPath;
  readonly output: Payload;
  /** Of the output, before anybody has vouched for it. */
  readonly labelling: Labelling;
  /** SHA-256 of the permissions that the call was made under. */
  readonly permissions: Hash;
  /** When it was given. */
  readonly at: Instant;
  /** From then on nobody is given it. */
  readonly until: Instant;
};

/** Outputs of calls by their keys. It may lose what it was given: then a call is made once more. */
export interface StepCache {
  /** Undefined when nothing is kept under the key, or no longer at this instant. */
  get(key: Hash, now: Instant): Promise<CachedOutput | undefined>;
  /**
   * Takes the place of what was kept under its key, and removes some of what is over at this instant. Kept as long as
   * its run is, at most; of a run that is not there nothing is kept.
   */
  put(cached: CachedOutput, now: Instant): Promise<void>;
}
