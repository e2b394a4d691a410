import type { CatalogEntry } from './entry.ts';

/** What the command line can meet. */
export const cliErrors = {
  USAGE: {
    kind: 'terminal',
    title: 'The command line is not understood',
    next: 'See `telos --help`.',
  },
  CONFIG_INVALID: {
    kind: 'terminal',
    title: 'A setting is not valid',
    next: 'Correct it in the environment or in telos.yaml; each problem names its setting.',
  },
  FILE_UNREADABLE: {
    kind: 'terminal',
    title: 'A file cannot be read or written',
    next: 'Check its name and your permission; paths are relative to the working directory.',
  },
  FILE_EXISTS: {
    kind: 'terminal',
    title: 'The file is there already and was left as it is',
    next: 'Name another file, or write over it with `--force`.',
  },
  LABELS_UNREADABLE: {
    kind: 'terminal',
    title: 'Labelled rows cannot be read',
    next: 'Correct the row named; docs/evaluators.md shows how rows of each kind look.',
  },
  CALL_NOT_RECORDED: {
    kind: 'terminal',
    title: 'A test made a call that its cassette has no answer to',
    next: 'Record it with `telos test --record`, or give what the step gives under `mocks`.',
  },
  TEST_EXISTS: {
    kind: 'terminal',
    title: 'A test cannot be written, for something else stands there',
    next: 'Name another file, or another case with `--case`.',
  },
  TEST_NOT_REPEATABLE: {
    kind: 'terminal',
    title: 'A run cannot be made into a test that passes',
    next: 'Correct what the message names; where private values that were masked decide the way of the run, keep them: `keep_private: true` in the test, `--keep-private` with `--from`.',
  },
  EXPERIMENT_INVALID: {
    kind: 'terminal',
    title: 'An experiment does not fit',
    next: 'Mend the places listed, each in its own file; docs/evals.md shows the form.',
  },
  EXPERIMENT_NOT_FOUND: {
    kind: 'terminal',
    title: 'There is no such experiment',
    next: 'See GET /v1/experiments for those that are there.',
  },
  CHECK_PARAMS_INVALID: {
    kind: 'terminal',
    title: 'The parameters do not fit the check',
    next: 'See `telos checks <name>`.',
  },
} as const satisfies Record<string, CatalogEntry>;
