/**
 * Work of one run that has been offered and not begun: it waits for a slot, for its time, for a value, or for the run to
 * go on. Under each path stands one thing: what is held there anew takes back what was, as what is offered anew replaces
 * what was offered. So nothing that was replaced goes on later, in place of what is held by then.
 */
import type { Clock, Instant, StepPath } from '@telos/core';
import type { DeskOwner, Holding } from './desk.ts';

export class HeldWork {
  readonly fail: (error: unknown) => void;
  readonly #clock: Clock;
  readonly #owner: DeskOwner;
  readonly #held = new Map<StepPath, () => void>();
  /** Of what is held, what waits for a time, and what waits for the run to go on. */
  #timers: Map<StepPath, Instant> | undefined;
  #withheld: Map<StepPath, () => void> | undefined;
  /** Values that are on their way and still wanted. */
  #coming = 0;

  constructor(clock: Clock, owner: DeskOwner) {
    this.fail = (error) => owner.fail(error);
    this.#clock = clock;
    this.#owner = owner;
  }

  isGoing(): boolean {
    return this.#owner.isGoing();
  }

  hold(path: StepPath, drop: () => void): void {
    this.drop(path);
    this.#held.set(path, drop);
  }

  release(path: StepPath): void {
    this.#held.delete(path);
  }

  drop(path: StepPath): boolean {
    const drop = this.#held.get(path);
    this.#held.delete(path);
    drop?.();
    return drop !== undefined;
  }

  dropAll(): void {
    for (const drop of this.#held.values()) drop();
    this.#held.clear();
  }

  whenGoing(path: StepPath, begin: () => void): void {
    if (this.isGoing()) {
      begin();
      return;
    }
    const withheld = (this.#withheld ??= new Map());
    this.hold(path, () => withheld.delete(path));
    withheld.set(path, begin);
  }

  goOn(): boolean {
    if (this.#withheld === undefined || this.#withheld.size === 0) return false;
    // One that begins may take back another, or stop the run: then the others wait for the next time.
    for (const [path, begin] of this.#withheld) {
      if (!this.isGoing()) break;
      this.#withheld.delete(path);
      this.#held.delete(path);
      begin();
    }
    return true;
  }

  later(path: StepPath, dueAt: Instant, then: () => void): void {
    const wait = dueAt - this.#clock.now();
    if (wait <= 0) {
      this.whenGoing(path, then);
      return;
    }
    const timer = new AbortController();
    const timers = (this.#timers ??= new Map());
    this.hold(path, () => {
      timers.delete(path);
      timer.abort('dropped');
    });
    timers.set(path, dueAt);
    this.#clock
      .sleep(wait, timer.signal)
      .then(() => {
        if (timer.signal.aborted) return;
        timers.delete(path);
        this.release(path);
        this.whenGoing(path, then);
        this.#owner.turn();
      })
      .catch(this.fail);
  }

  whenCome<T>(coming: Promise<T>, then: (value: T) => void, held?: Holding): void {
    let isWanted = true;
    this.#coming += 1;
    if (held !== undefined)
      this.hold(held.path, () => {
        isWanted = false;
        this.#coming -= 1;
        held.onDrop?.();
      });
    coming
      .then((come) => {
        if (!isWanted) return;
        this.#coming -= 1;
        if (held !== undefined) this.release(held.path);
        then(come);
        this.#owner.turn();
      })
      .catch(this.fail);
  }

  idleUntil(): Instant | undefined {
    const timed = this.#timers?.size ?? 0;
    if (this.#coming > 0 || this.#held.size > timed + (this.#withheld?.size ?? 0)) return undefined;
    // What waits for a time may not begin while the run does not go on.
    if (this.#timers === undefined || timed === 0 || !this.isGoing()) return Number.POSITIVE_INFINITY;
    let first = Number.POSITIVE_INFINITY;
    for (const dueAt of this.#timers.values()) first = Math.min(first, dueAt);
    return first;
  }
}
