/** Action steps: from being offered, through a slot and an attempt, to an outcome. */
import { errorRecordOf, isOpen, labelsIn, mayRepeat, noLabels, TelosError, turnOf } from '@telos/core';
import type { ActionStep, Instant, Labels, Payload, StepPath, Usage } from '@telos/core';
import { ActionAttempt } from './action-attempt.ts';
import type { AttemptSlots } from './action-attempt.ts';
import { Beside } from '../running/beside.ts';
import { needsLeave, withLeave } from './asking.ts';
import type { Desk } from '../desk/desk.ts';
import type { Forking } from '../attempt/forking.ts';
import { createInterruption } from '../attempt/interruption.ts';
import type { Interruption } from '../attempt/interruption.ts';
import { labellingOfPartial } from '../labels/labelling.ts';
import { Lazy } from '../desk/lazy.ts';
import { didOfPrepared, gaveOf, prepare, unprepared } from '../attempt/preparing.ts';
import type { ActionAt } from '../attempt/preparing.ts';
import type { Purse } from '../budget/purse.ts';
import { guard } from './guard.ts';
import { hidesBehind, isRailed } from '../rails/rails-of.ts';
import type { LeftElsewhere } from '../remote/calling-off.ts';
import { createPlacing } from '../remote/placing.ts';
import type { Placing } from '../remote/placing.ts';
import { refuseAttempt } from '../attempt/settling.ts';

/** Where steps that name no queue are offered. */
const defaultQueue = 'default';
/** For so long a run goes on in its slot while others wait: quick steps are not worth an append each for every change of turns. */
const stintMs = 250;

/** What there was of a step that was cancelled. */
type Shown = {
  readonly shown?: Payload | undefined;
  readonly usage?: Usage | undefined;
  /** What its tool marks all that it gives with. */
  readonly returns?: Labels;
};

/** Those of one run, at its owner. A class, as are its owner's other parts. */
export class ActionSteps implements AttemptSlots {
  readonly desk: Desk;
  readonly forking: Forking;
  /** Told of attempts of which nobody knows how far they came. */
  readonly interrupted: Interruption;
  /** Steps that other workers run. */
  readonly placing: Lazy<Placing>;
  readonly #purse: Purse;
  /** Those that hold a slot: from when it was taken until `vacate`. */
  readonly #inSlots = new Map<StepPath, ActionAttempt>();
  /** When it last took one in its turn. */
  #since: Instant = 0;
  /** Steps of a lost owner whose effect is being asked about. */
  readonly #probing: Beside;

  /**
   * @param forking What a fork may do again.
   * @param purse What budgets leave for it.
   */
  constructor(desk: Desk, forking: Forking, purse: Purse) {
    this.desk = desk;
    this.forking = forking;
    this.#purse = purse;
    this.#probing = new Beside(desk);
    this.interrupted = createInterruption(this.#probing, forking);
    this.placing = new Lazy(() => createPlacing(desk, this.interrupted));
  }

  /** Takes a slot, then begins an attempt. One that no budget, rail or rule holds back makes no function for what comes after them. */
  start(at: ActionAt, attempt: number): void {
    // Rails before the call may ask a model: what they cost is set aside with what the call does.
    if (this.#purse.bounds(at)) this.#purse.reserve(at, attempt, () => this.#startPaid(at, attempt));
    else this.#startPaid(at, attempt);
  }

  recover(at: ActionAt, attempt: number): void {
    const known = this.desk.state.steps.get(at.path);
    if (this.#isGiven(at, attempt)) {
      this.#purse.adopt(at, attempt);
      this.desk.whenGoing(at.path, () => this.#take(at, attempt));
    } else if (known?.status === 'running' && known.queue !== undefined) {
      this.#purse.adopt(at, attempt);
      this.placing.get().adopt(at, attempt, known.queue);
    } else this.interrupted(at, attempt);
  }

  /** Ends what is under way or waiting for this step; records it as cancelled. */
  abort(path: StepPath, reason: Error): void {
    const { desk } = this;
    const { state } = desk;
    const known = state.steps.get(path);
    if (!isOpen(known)) return;
    desk.drop(path);
    const { attempt } = known;
    if (known.status === 'running' && known.queue !== undefined) {
      const elsewhere = this.placing.get().abort(path);
      if (elsewhere === undefined) this.#cancel(path, attempt);
      else desk.whenCome(elsewhere, (left) => this.#cancelElsewhere(path, attempt, left), { path });
      return;
    }
    const inSlot = this.#inSlots.get(path);
    const returns = inSlot?.returns ?? [];
    const probed = this.#probing.stop(path, reason);
    const { partial, usage } = inSlot?.stop(reason) ?? probed ?? {};
    this.vacate(path);
    const cancel = (shown?: Payload): void => this.#cancel(path, attempt, { shown, usage, returns });
    if (partial === undefined) cancel();
    else desk.store(partial, cancel);
  }

  /** Ends what is under way and may be made again, and records that the next owner is to make it. */
  handOver(reason: Error): void {
    const { desk } = this;
    for (const [path, inSlot] of this.#inSlots) {
      const known = desk.state.steps.get(path);
      if (known?.status !== 'running') continue;
      // One whose call was not made yet can be handed over whatever it would do.
      const did = inSlot.did();
      if (did !== undefined && !mayRepeat(did)) continue;
      const { usage } = inSlot.stop(reason);
      const spent = usage === undefined ? {} : { usage };
      desk.apply({ do: 'handOver', at: desk.now(), path, attempt: known.attempt, ...spent });
      this.vacate(path);
    }
  }

  /** Ends everything under way and records nothing: the next owner goes on. The reason is made when there is something to end. */
  stopAll(reason: () => Error): void {
    for (const [path, inSlot] of this.#inSlots) {
      inSlot.stop(reason());
      this.vacate(path);
    }
    this.#probing.stopAll(reason);
  }

  /** Steps that hold a slot, here or elsewhere, or are being asked what became of them. */
  busy(): number {
    return this.#inSlots.size + this.#probing.size + (this.placing.made()?.size() ?? 0);
  }

  vacate(path: StepPath): void {
    if (this.#inSlots.delete(path)) this.desk.slots.give(this.desk.state.id);
  }

  holds(attempt: ActionAttempt): boolean {
    return this.#inSlots.get(attempt.path) === attempt;
  }

  #startPaid(at: ActionAt, attempt: number): void {
    if (isRailed(this.desk, at)) guard(this.desk, at, attempt, () => this.#startGuarded(at, attempt));
    else this.#startGuarded(at, attempt);
  }

  #startGuarded(at: ActionAt, attempt: number): void {
    if (needsLeave(this.desk, at)) withLeave(this.desk, this.forking, at, attempt, () => this.#take(at, attempt));
    else this.#take(at, attempt);
  }

  /** What another worker has said of it, or that it has said nothing. */
  #cancelElsewhere(path: StepPath, attempt: number, left: LeftElsewhere): void {
    const { desk } = this;
    const { calls, usage, partial, brought, settled } = left;
    for (const [index, call] of calls.entries())
      desk.apply({ do: 'recordCall', at: desk.now(), path, attempt, index, call });
    this.#cancel(path, attempt, { shown: partial, usage, returns: labelsIn(brought) });
    settled();
  }

  #cancel(path: StepPath, attempt: number, { shown, usage, returns = noLabels }: Shown = {}): void {
    const { desk } = this;
    const left = {
      ...(shown === undefined ? {} : { partial: shown, labelling: labellingOfPartial(desk.state, path, returns) }),
      ...(usage === undefined ? {} : { usage }),
    };
    desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt, ...left });
  }

  /** Finds a slot for the attempt, here or elsewhere. */
  #take(at: ActionAt, attempt: number): void {
    const { desk } = this;
    const given = this.#isGiven(at, attempt);
    const elsewhere = given ? undefined : this.#placeOf(at.step);
    if (elsewhere !== undefined && hidesBehind(desk, at)) {
      refuseAttempt(desk, at, attempt, errorRecordOf(hiddenElsewhere(at, elsewhere)));
      return;
    }
    if (elsewhere === undefined) this.#takeHere(at, attempt, given);
    else if (this.forking.isWithholding) this.#placeUnlessWithheld(at, attempt, elsewhere);
    else this.placing.get().place(at, attempt, elsewhere);
  }

  /** What a fork may not do again no worker does: the attempt ends here, without its call. */
  #placeUnlessWithheld(at: ActionAt, attempt: number, queue: string): void {
    const { desk, forking } = this;
    prepare(desk, at, attempt, {
      path: at.path,
      onUnprepared: (error) => refuseAttempt(desk, at, attempt, unprepared(error)),
      onReady: (prepared) => {
        if (forking.withholds(didOfPrepared(prepared))) this.#takeHere(at, attempt, false);
        else this.placing.get().place(at, attempt, queue);
      },
    });
  }

  #takeHere(at: ActionAt, attempt: number, given: boolean): void {
    const { desk } = this;
    const { deps, slots, state } = desk;
    const isFree = slots.tryTake();
    if (isFree || (desk.now() - this.#since < stintMs && slots.tryTake(state.id))) {
      if (isFree) this.#since = desk.now();
      this.#enter(at, attempt);
      return;
    }
    // What rails hide gets placeholders, and two processes could give the same to two texts.
    if (deps.elsewhere === true && state.fork === undefined && !given && !hidesBehind(desk, at)) {
      this.placing.get().place(at, attempt, at.step.queue ?? defaultQueue);
      return;
    }
    const withdraw = slots.whenFree(state.id, turnOf(state), () => {
      desk.release(at.path);
      if (desk.isGoing()) {
        this.#since = desk.now();
        this.#enter(at, attempt);
        return;
      }
      slots.give();
      desk.whenGoing(at.path, () => this.#take(at, attempt));
    });
    desk.hold(at.path, withdraw);
  }

  /** Begins in a slot that was just taken. Never throws: it may be called from anywhere. */
  #enter(at: ActionAt, attempt: number): void {
    const inSlot = new ActionAttempt(this, at, attempt);
    this.#inSlots.set(at.path, inSlot);
    try {
      inSlot.begin();
    } catch (error) {
      this.desk.fail(error);
    }
  }

  /** The queue that a step has to go to, because this worker does not serve the one that it names. */
  #placeOf({ queue }: ActionStep): string | undefined {
    return queue === undefined || this.desk.queues.includes(queue) ? undefined : queue;
  }

  /** Whether the journal has what the call of this attempt gave: then nothing is left to do that needs another worker. */
  #isGiven({ path }: ActionAt, attempt: number): boolean {
    const { rails } = this.desk.state;
    const judged = rails.size === 0 ? undefined : rails.get(path);
    return judged !== undefined && gaveOf(judged, attempt).length > 0;
  }
}

function hiddenElsewhere({ path }: ActionAt, queue: string): TelosError {
  const message = `What ${path} gives is to be redacted, and the workers of its queue \`${queue}\` do not know what stands for what in this run.`;
  return new TelosError('RAIL_FAILED', message, {
    kind: 'terminal',
    next: 'Leave `queue` out, or have the rail block; a rail on the input of the steps that read it may redact.',
  });
}
