/**
 * The ledger of one owned run: its state in memory, and what is still to be
 * written. A command that is applied changes the state at once and becomes
 * durable with the next commit; whoever acts on it waits for that commit.
 */
import { createFrontier, decide, evolve, isRefusal } from '@telos/core';
import type {
  Action,
  Command,
  ErrorRecord,
  Hash,
  Instant,
  Journal,
  Lease,
  Program,
  RunEvent,
  RunState,
  Sequence,
  StepPath,
} from '@telos/core';
import type { Patience } from './patience.ts';

export interface Ledger {
  readonly state: RunState;
  /** Applies a command; false when it is refused, which happens to outcomes that come too late. */
  apply(command: Command): boolean;
  /** Actions that have become possible since the last call. */
  take(): readonly Action[];
  /** A block has reached its timeout: see `Frontier.expire`. */
  expire(path: StepPath, error: ErrorRecord): void;
  /** Appends what was applied since the last commit. Resolves when that, and all before it, is durable, however long the store is away. */
  commit(settles: readonly string[]): Promise<void>;
  /** Fails the run from what is durable, whatever else was applied or could not be written. */
  failFromDurable(at: Instant, error: ErrorRecord): Promise<void>;
  isDirty(): boolean;
  /** Whether everything that was applied is durable. */
  isSettled(): boolean;
}

/** @param state The journal folded; owned by the ledger from now on. */
export function createLedger(
  journal: Journal,
  lease: Lease,
  program: Program,
  state: RunState,
  programs: (hash: Hash) => Program | undefined,
  patience: Patience,
  observe: (event: RunEvent) => void,
): Ledger {
  const frontier = createFrontier(program, state, programs);
  let batch: RunEvent[] = [];
  /** Of the last event handed to the journal, and of the last that it has acknowledged. */
  let written = state.seq;
  let durable = state.seq;
  let last: Promise<void> = Promise.resolve();

  /** Appends go out at once, one behind the other; one that comes too early because `before` has to be tried again waits for it. */
  async function append(
    after: Sequence,
    events: readonly RunEvent[],
    settles: readonly string[],
    before: Promise<void>,
  ): Promise<void> {
    for (;;) {
      try {
        await journal.append(lease, after, events, settles);
        durable = after + events.length;
        return;
      } catch (error) {
        if (durable < after) await before;
        else if (!(await patience.outlasts(error))) throw error;
      }
    }
  }

  return {
    state,
    apply(command) {
      const decision = decide(state, command);
      if (isRefusal(decision)) return false;
      for (const event of decision) {
        batch.push(event);
        evolve(state, event);
        frontier.observe(event);
        observe(event);
      }
      return true;
    },
    take: () => frontier.take(),
    expire: (path, error) => frontier.expire(path, error),
    commit(settles) {
      if (batch.length === 0 && settles.length === 0) return last;
      const events = batch;
      batch = [];
      const after = written;
      written += events.length;
      last = append(after, events, settles, last);
      return last;
    },
    async failFromDurable(at, error) {
      await last.catch(() => {});
      const failed: RunEvent = { type: 'run.failed', at, error };
      await journal.append(lease, durable, [failed]);
      evolve(state, failed);
    },
    isDirty: () => batch.length > 0,
    isSettled: () => batch.length === 0 && durable === written,
  };
}
