/** One thing that `telos doctor` has looked at. */
export type Finding = {
  readonly about: string;
  readonly verdict: 'sound' | 'worth_knowing' | 'broken';
  readonly message: string;
  /** What to do; present when there is something to do. */
  readonly next?: string;
};
