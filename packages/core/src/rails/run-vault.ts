/**
 * What the placeholders of a run stand for: in memory, and nowhere else.
 *
 * The journal knows which placeholders were given, and not what for. So a
 * process that takes a run up knows which ones to leave alone: each stands for
 * itself, which no check ever finds, and which changes nothing where it is put back.
 */
import { dropOldest } from '../drop-oldest.ts';
import type { RunId } from '../ids.ts';
import type { Vault } from '../ports/check.ts';

export interface RunVault {
  /** What is known to have been hidden so far. */
  known(): Vault;
  /** Adds what was hidden; gives the placeholders that are new in the run. */
  keep(hidden: Vault | undefined): readonly string[];
  /** Runs `hide` when no other of this run hides anything: two that did it at once could give one placeholder to two texts. */
  alone<T>(hide: () => Promise<T>): Promise<T>;
}

/** The vaults of the runs that a process works on; its doors and its workers share one of these. */
export interface Vaults {
  /** @param given Placeholders that the run's journal names. */
  of(run: RunId, given?: Iterable<string>): RunVault;
  /** Forgets what a run that has ended, or was never begun, has hidden. */
  drop(run: RunId): void;
}

/** Runs remembered at most; of those beyond, the one longest unused is forgotten as a crash would forget it. */
const mostRuns = 10_000;

export function createVaults(most = mostRuns): Vaults {
  const vaults = new Map<RunId, RunVault>();
  return {
    of(run, given = []) {
      const vault = vaults.get(run) ?? createRunVault();
      vaults.delete(run);
      vaults.set(run, vault);
      dropOldest(vaults, most);
      const known = vault.known();
      vault.keep(Object.fromEntries([...given].filter((name) => !(name in known)).map((name) => [name, name])));
      return vault;
    },
    drop: (run) => void vaults.delete(run),
  };
}

function createRunVault(): RunVault {
  const hidden: { [placeholder: string]: string | number } = {};
  let last: Promise<unknown> = Promise.resolve();
  return {
    known: () => hidden,
    keep(more = {}) {
      const added = Object.keys(more).filter((placeholder) => !Object.hasOwn(hidden, placeholder));
      Object.assign(hidden, more);
      return added;
    },
    alone(hide) {
      const turn = last.then(hide);
      last = turn.catch(() => {});
      return turn;
    },
  };
}
