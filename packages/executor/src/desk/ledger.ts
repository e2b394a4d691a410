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
  Frontier,
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

export type LedgerSpec = {
  readonly journal: Journal;
  readonly lease: Lease;
  readonly program: Program;
  /** The journal folded; owned by the ledger from now on. */
  readonly state: RunState;
  /** Of plans and of other workflows that run as steps. */
  readonly programs: (hash: Hash) => Program | undefined;
  readonly patience: Patience;
  /** Told of every event, once the state has folded it in. */
  readonly observe: (event: RunEvent) => void;
};

export class Ledger {
  readonly state: RunState;
  readonly #spec: LedgerSpec;
  readonly #frontier: Frontier;
  #batch: RunEvent[] = [];
  /** Of the last event handed to the journal, and of the last that it has acknowledged. */
  #written: Sequence;
  #durable: Sequence;
  /** The append that went out last; resolves when it is durable or refused. */
  #last: Promise<void> = Promise.resolve();

  constructor(spec: LedgerSpec) {
    const { program, state, programs } = spec;
    this.state = state;
    this.#spec = spec;
    this.#frontier = createFrontier(program, state, programs);
    this.#written = state.seq;
    this.#durable = state.seq;
  }

  /** Applies a command; false when it is refused, which happens to outcomes that come too late. */
  apply(command: Command): boolean {
    const decision = decide(this.state, command);
    if (isRefusal(decision)) return false;
    for (const event of decision) {
      this.#batch.push(event);
      evolve(this.state, event);
      this.#frontier.observe(event);
      this.#spec.observe(event);
    }
    return true;
  }

  /** Actions that have become possible since the last call. */
  take(): readonly Action[] {
    return this.#frontier.take();
  }

  /** A block has reached its timeout: see `Frontier.expire`. */
  expire(path: StepPath, error: ErrorRecord): void {
    this.#frontier.expire(path, error);
  }

  /**
   * Appends what was applied since the last commit.
   *
   * @param settles Messages that it takes off the inbox.
   * @param durable Called when that, and all before it, is durable, however long the store is away. Must not throw.
   * @param refused Called instead with why the store does not take it.
   */
  commit(settles: readonly string[], durable: () => void, refused: (error: unknown) => void): void {
    const events = this.#batch;
    this.#batch = [];
    const after = this.#written;
    this.#written += events.length;
    this.#append({ after, events, settles, before: this.#last }, durable, refused);
  }

  /** Fails the run from what is durable, whatever else was applied or could not be written. `state` is of no use then. */
  async failFromDurable(at: Instant, error: ErrorRecord): Promise<void> {
    await this.#last;
    const { journal, lease } = this.#spec;
    await journal.append(lease, this.#durable, [{ type: 'run.failed', at, error }]);
  }

  isDirty(): boolean {
    return this.#batch.length > 0;
  }

  /** Whether everything that was applied is durable. */
  isSettled(): boolean {
    return this.#batch.length === 0 && this.#durable === this.#written;
  }

  /** Appends go out at once, one behind the other. */
  #append(addition: Addition, durable: () => void, refused: (error: unknown) => void): void {
    const { journal, lease } = this.#spec;
    const { after, events, settles } = addition;
    // One promise for all that follows an append, since every step waits for one.
    this.#last = journal.append(lease, after, events, settles).then(
      () => {
        this.#durable = after + events.length;
        durable();
      },
      (error: unknown) => this.#tryAgain(addition, error).then(durable, refused),
    );
  }

  /** One that came too early, because the one before has to be tried again, waits for it, and is refused with it. */
  async #tryAgain({ after, events, settles, before }: Addition, first: unknown): Promise<void> {
    const { journal, lease, patience } = this.#spec;
    for (let failure = first; ;) {
      if (this.#durable < after) {
        await before;
        if (this.#durable < after) throw failure;
      } else if (!(await patience.outlasts(failure))) throw failure;
      try {
        await journal.append(lease, after, events, settles);
        this.#durable = after + events.length;
        return;
      } catch (error) {
        failure = error;
      }
    }
  }
}

type Addition = {
  /** Of the last event before these. */
  readonly after: Sequence;
  readonly events: readonly RunEvent[];
  readonly settles: readonly string[];
  /** The append that goes out before this one. */
  readonly before: Promise<void>;
};
