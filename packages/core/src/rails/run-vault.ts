/**
 * What the placeholders of a run stand for, as far as a process knows.
 *
 * The journal knows which placeholders were given; what for, only where a rail
 * puts that back. So a process that takes a run up recalls what may be put back,
 * and knows which others to leave alone: each stands for itself, which no check
 * ever finds, and which changes nothing where it is put back.
 */
import { dropOldest } from '../drop-oldest.ts';
import type { RunId } from '../ids.ts';
import type { DrawLetters, Vault } from '../ports/check.ts';

export interface RunVault {
  /** What is known to have been hidden so far. */
  known(): Vault;
  /** The same, once what the journal has of it is read. */
  recalled(): Promise<Vault>;
  /** Adds what was hidden; gives the placeholders that are new in the run. */
  keep(hidden: Vault | undefined): readonly string[];
  /** Runs `hide` when no other of this run hides anything: two that did it at once could give one placeholder to two texts. */
  alone<T>(hide: () => Promise<T>): Promise<T>;
  /** Whether all placeholders of the run have to be ones that nobody can guess, since some are put back. */
  readonly isDrawn: boolean;
  /** Draws what nobody can guess; undefined: whoever hides does, by chance. */
  readonly letters: DrawLetters | undefined;
}

export type VaultOptions = {
  /** Reads what the journal has of it. Called at most once. */
  readonly recall?: () => Promise<Vault>;
  readonly isDrawn?: boolean;
};

/** The vaults of the runs that a process works on; its doors and its workers share one of these. */
export interface Vaults {
  /** @param given Placeholders that the run's journal names. */
  of(run: RunId, given?: Iterable<string>, options?: VaultOptions): RunVault;
  /** Forgets what a run that has ended, or was never begun, has hidden. */
  drop(run: RunId): void;
}

/**
 * Begins a run. What rails have hidden of its input is forgotten unless a new run comes of it: it may be refused, or be
 * there already.
 */
export async function keptOnceBegun<T extends { readonly existing: boolean }>(
  vaults: Vaults,
  run: RunId,
  begin: () => Promise<T>,
): Promise<T> {
  let isNew = false;
  try {
    const begun = await begin();
    isNew = !begun.existing;
    return begun;
  } finally {
    if (!isNew) vaults.drop(run);
  }
}

/** Runs remembered at most; of those beyond, the one longest unused is forgotten as a crash would forget it. */
const mostRuns = 10_000;

/**
 * @param letters In place of chance, where two runs have to be the same: then they can be guessed.
 * @param onHidden Told of all that is hidden.
 */
export function createVaults(
  most = mostRuns,
  letters?: DrawLetters,
  onHidden: (hidden: Vault) => void = () => {},
): Vaults {
  const vaults = new Map<RunId, Kept>();
  return {
    of(run, given = [], options = {}) {
      const kept = vaults.get(run) ?? createKept(onHidden);
      vaults.delete(run);
      vaults.set(run, kept);
      dropOldest(vaults, most);
      kept.keep(Object.fromEntries([...given].filter((name) => !(name in kept.known())).map((name) => [name, name])));
      return withRecall(kept, options, letters);
    },
    drop: (run) => void vaults.delete(run),
  };
}

type Kept = Omit<RunVault, 'recalled' | 'isDrawn' | 'letters'>;

function withRecall(kept: Kept, { recall, isDrawn = false }: VaultOptions, letters?: DrawLetters): RunVault {
  let read: Promise<void> | undefined;
  return {
    ...kept,
    isDrawn,
    letters,
    async recalled() {
      if (recall !== undefined) read ??= recall().then((more) => void kept.keep(more));
      await read;
      return kept.known();
    },
  };
}

function createKept(onHidden: (hidden: Vault) => void): Kept {
  const hidden: { [placeholder: string]: string | number } = {};
  let last: Promise<unknown> = Promise.resolve();
  return {
    known: () => hidden,
    keep(more = {}) {
      const added = Object.keys(more).filter((placeholder) => !Object.hasOwn(hidden, placeholder));
      Object.assign(hidden, more);
      if (added.length > 0) onHidden(more);
      return added;
    },
    alone(hide) {
      const turn = last.then(hide);
      last = turn.catch(() => {});
      return turn;
    },
  };
}
