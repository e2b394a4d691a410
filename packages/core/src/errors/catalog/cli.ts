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
  CHECK_PARAMS_INVALID: {
    kind: 'terminal',
    title: 'The parameters do not fit the check',
    next: 'See `telos checks <name>`.',
  },
} as const satisfies Record<string, CatalogEntry>;
