/** The frontier of one run that is under way: see frontier.ts. */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash, Instant } from '../ids.ts';
import { framePath, rootFrame, stepPath } from '../program/path.ts';
import type { StepPath } from '../program/path.ts';
import type { Program } from '../program/program.ts';
import type { Action, At, Frame } from './action.ts';
import { hasRounds } from './body.ts';
import { epilogueOf } from './epilogue.ts';
import type { Opening, RunEvent } from './events.ts';
import { Offers } from './offers.ts';
import {
  countFinished,
  errorOf,
  hasBegun,
  heldAction,
  inOrder,
  isSettled,
  newBlock,
  newFrame,
  outcomeOf,
  outcomeOfBlock,
  outcomeOfEnding,
  stepAt,
  setActive,
} from './open-frame.ts';
import type { OpenBlock, OpenFrame, PlaceInFrame } from './open-frame.ts';
import { Places } from './places.ts';
import { hasEnded, isFinished, isOpen } from './state.ts';
import type { RunState } from './state.ts';

import type { Frontier } from './frontier.ts';

/** A class, since one is kept for every run under way; what most runs never need is made when it is needed. */
export class OpenRun implements Frontier {
  readonly #program: Program;
  readonly #state: RunState;
  readonly #programs: (hash: Hash) => Program | undefined;
  readonly #offers = new Offers();
  /** Withdrawals not taken yet. Until then such a step may still start, so its frame waits for it. */
  #withdrawn: Map<StepPath, PlaceInFrame> | undefined;
  readonly #places = new Places();
  #blocks: Map<StepPath, OpenBlock> | undefined;
  /** Loops between two rounds. */
  #between: Map<StepPath, OpenBlock> | undefined;
  /** Frames of the epilogue that were opened, by path. */
  #followers: Map<string, OpenFrame> | undefined;
  #epilogue: readonly Frame[] | undefined;
  #ended: boolean;
  readonly #root: OpenFrame;

  constructor(program: Program, state: RunState, programs: (hash: Hash) => Program | undefined) {
    this.#program = program;
    this.#state = state;
    this.#programs = programs;
    this.#ended = hasEnded(state);
    this.#root = this.#openFrame({ path: rootFrame, steps: program.steps }, this.#ended);
    if (!this.#ended && state.ending !== undefined) this.#end();
    else this.#settle(this.#root);
  }

  take(): readonly Action[] {
    if (this.#withdrawn !== undefined) this.#letWithdrawnGo(this.#withdrawn);
    return this.#offers.take();
  }

  observe(event: RunEvent): void {
    if (hasEnded(this.#state)) {
      this.#ended = true;
      this.#offers.clear();
      this.#withdrawn = undefined;
      return;
    }
    if (event.type === 'run.ending') this.#end();
    if (event.type === 'run.hurried') this.#hurry();
    if (!('path' in event)) return;
    const place = this.#places.of(event.path);
    if (place === undefined) return;
    const at = stepAt(place.frame, place.index);
    switch (event.type) {
      case 'step.started': {
        const opening = this.#state.blocks.get(event.path);
        // A block whose body has ended goes on with what that gave, which a person has let pass.
        if (opening !== undefined) this.#openBlock(at, place.frame, opening, event.at);
        if (opening !== undefined || !place.frame.closing) break;
        // It crossed its withdrawal, or a retry its abortion.
        this.#withdrawn?.delete(event.path);
        setActive(place.frame, place.index, true);
        this.#offers.add({ do: 'abort', ...at });
        break;
      }
      case 'step.succeeded':
      case 'step.failed':
      case 'step.skipped':
      case 'step.cancelled':
        this.#offers.drop(event.path);
        if (at.step.timeoutMs !== undefined) this.#offers.dropTimeout(event.path);
        this.#withdrawn?.delete(event.path);
        this.#between?.delete(event.path);
        this.#stepFinished(place.frame, place.index);
        break;
      case 'wait.opened':
        this.#withdrawn?.delete(event.path);
        setActive(place.frame, place.index, true);
        this.#offerHeld(place.frame, at);
        break;
      case 'attempt.failed':
      case 'attempt.rejected':
      case 'step.in_doubt':
      case 'step.quarantined':
      case 'step.resolved':
        this.#offerHeld(place.frame, at);
        break;
      case 'wait.closed': {
        // Of a permission that was given, and of a plan that was decided about; after any other the outcome follows.
        const known = this.#state.steps.get(event.path);
        if (known?.status === 'retrying') this.#offerHeld(place.frame, at);
        if (known?.status === 'running') this.#takeUp(place.frame, at, known.startedAt);
        break;
      }
      case 'block.opened':
        this.#openBlock(at, place.frame, event.opening, event.at);
        break;
      case 'loop.advanced':
      case 'plan.replaced':
        this.#openRound(event.path, event.round, place.frame.closing);
        break;
      default:
    }
  }

  expire(path: StepPath, error: ErrorRecord): void {
    const block = this.#blocks?.get(path) ?? this.#between?.get(path);
    if (block === undefined || block.closing) return;
    block.expired = error;
    if (this.#between?.has(path) !== true) {
      this.#abortBlock(block);
      return;
    }
    block.closing = true;
    // Scoring and planning take their time: they are not waited for.
    if (block.at.step.kind === 'plan') this.#offerBetween(block);
  }

  #letWithdrawnGo(withdrawn: Map<StepPath, PlaceInFrame>): void {
    for (const [path, place] of withdrawn) {
      withdrawn.delete(path);
      setActive(place.frame, place.index, false);
      this.#settle(place.frame);
    }
  }

  #openFrame(frame: Frame, closing: boolean): OpenFrame {
    const opened = newFrame(frame, closing);
    this.#places.add(opened);
    for (let index = 0; index < frame.steps.length; index++) {
      if (isFinished(this.#state.steps.get(stepAt(opened, index).path))) countFinished(this.#state, opened, index);
    }
    for (let index = 0; index < frame.steps.length; index++) this.#restore(opened, index);
    return opened;
  }

  /** Brings one step of a frame that was just opened to where the journal says it is. */
  #restore(opened: OpenFrame, index: number): void {
    const at = stepAt(opened, index);
    const known = this.#state.steps.get(at.path);
    if (known === undefined) {
      if (opened.pending[index] === 0) this.#offerStart(opened, index);
      return;
    }
    if (!isOpen(known)) return;
    setActive(opened, index, true);
    const opening = this.#state.blocks.get(at.path);
    if (opening !== undefined && known.status === 'running') this.#openBlock(at, opened, opening, known.startedAt);
    else if (opened.closing || known.status !== 'running') this.#offerHeld(opened, at);
    else if (at.step.kind === 'action') this.#offers.add({ do: 'recover', ...at, attempt: known.attempt });
    else this.#offers.add({ do: 'open', ...at });
  }

  /** Offers what follows for a step that is between attempts, waits, or stands aside. */
  #offerHeld(opened: OpenFrame, at: At): void {
    const held = heldAction(this.#state, opened, at);
    if (held !== undefined) this.#offers.add(held);
  }

  #offerStart(opened: OpenFrame, index: number): void {
    if (opened.closing) return;
    setActive(opened, index, true);
    // Spelled out, for every step comes through here and a spread costs five times as much.
    const { path, step, frame } = stepAt(opened, index);
    this.#offers.add({ do: 'start', path, step, frame });
  }

  #stepFinished(opened: OpenFrame, index: number): void {
    const wasClosing = opened.closing;
    countFinished(this.#state, opened, index);
    if (opened.closing) {
      if (!wasClosing) this.#abortActive(opened);
    } else {
      for (const follower of opened.graph.followers[index] ?? [])
        if (opened.pending[follower] === 0) this.#offerStart(opened, follower);
    }
    this.#settle(opened);
  }

  /** Ends early: offers nothing more in the frame, has what is under way aborted, drops what was only offered. */
  #abortFrame(opened: OpenFrame): void {
    if (opened.closing) return;
    opened.closing = true;
    this.#abortActive(opened);
    this.#settle(opened);
  }

  #abortActive(opened: OpenFrame): void {
    for (let index = 0; index < opened.active.length; index++) {
      if (opened.active[index] !== true) continue;
      const at = stepAt(opened, index);
      const block = this.#blocks?.get(at.path);
      if (block !== undefined) {
        this.#abortBlock(block);
      } else if (this.#state.steps.has(at.path)) {
        this.#offers.add({ do: 'abort', ...at });
      } else if (this.#offers.drop(at.path)) {
        setActive(opened, index, false);
      } else {
        (this.#withdrawn ??= new Map()).set(at.path, { frame: opened, index });
        this.#offers.add({ do: 'withdraw', ...at });
      }
    }
  }

  #abortBlock(block: OpenBlock): void {
    if (block.closing) return;
    block.closing = true;
    for (const opened of block.open) this.#abortFrame(opened);
    this.#closeIfEnded(block);
  }

  /** Ends a frame in which nothing is left to do, and with it perhaps its block. */
  #settle(opened: OpenFrame): void {
    if (!isSettled(opened)) return;
    const around = opened.frame.block;
    if (around === undefined) {
      if (!this.#ended && isSettled(this.#root)) this.#proceed();
      return;
    }
    const block = this.#blocks?.get(around.path);
    if (block === undefined || !block.open.has(opened)) return;
    this.#endFrame(block, opened);
    this.#openMore(block);
    this.#closeIfEnded(block);
  }

  /** The workflow's own list has ended: the next frame of the epilogue, or the end. */
  #proceed(): void {
    const { ending } = this.#state;
    const own = ending === undefined ? outcomeOf(errorOf(this.#state, this.#root)) : outcomeOfEnding(ending);
    this.#epilogue ??= epilogueOf(this.#program, this.#state, own, this.#programs);
    if (ending === undefined && this.#epilogue.length > 0) {
      this.#epilogue = undefined;
      this.#ended = true;
      this.#offers.add({ do: 'conclude', outcome: own });
      return;
    }
    let error: ErrorRecord | undefined;
    for (const frame of this.#epilogue) {
      const known = this.#followers?.get(frame.path);
      if (known === undefined && this.#state.hurried && !hasBegun(this.#state, frame)) continue;
      const opened = known ?? this.#openFrame(frame, this.#state.hurried);
      (this.#followers ??= new Map()).set(frame.path, opened);
      if (!isSettled(opened)) return;
      error ??= errorOf(this.#state, opened);
    }
    this.#ended = true;
    // What went wrong first is what the run failed by.
    this.#offers.add({ do: 'finish', outcome: own.status === 'succeeded' ? outcomeOf(error) : own });
  }

  #endFrame(block: OpenBlock, opened: OpenFrame): void {
    const { frame } = opened;
    block.open.delete(opened);
    this.#places.forget(opened);
    const error = errorOf(this.#state, opened);
    const begun = !opened.closing || opened.unfinished < frame.steps.length;
    if (begun) block.ended.push(error === undefined ? { frame } : { frame, error });
    if (error === undefined || block.tolerant || block.closing) return;
    block.closing = true;
    for (const sibling of block.open) this.#abortFrame(sibling);
  }

  #openBlock(at: At, parent: OpenFrame, opening: Opening, startedAt: Instant): void {
    const { timeoutMs } = at.step;
    if (timeoutMs !== undefined && !parent.closing)
      this.#offers.add({ do: 'expire', ...at, dueAt: startedAt + timeoutMs });
    const block = newBlock(this.#state, at, opening, parent.closing, this.#programs);
    (this.#blocks ??= new Map()).set(at.path, block);
    this.#openMore(block);
    this.#closeIfEnded(block);
  }

  /** Opens frames while the block may have more. Frames that began before a restart come first, being first in order. */
  #openMore(block: OpenBlock): void {
    while (block.open.size < block.maxOpen && block.nextKey < block.keys.length) {
      const key = block.keys[block.nextKey];
      if (key === undefined) return;
      const path = framePath(block.at.path, key);
      const steps = block.lists(key);
      block.nextKey += 1;
      if (block.closing && !steps.some((step) => this.#state.steps.has(stepPath(path, step.id)))) continue;
      const { step, frame } = block.at;
      const inner: Frame = { path, steps, block: { path: block.at.path, step, frame, key } };
      const opened = this.#openFrame(inner, block.closing);
      block.open.add(opened);
      if (isSettled(opened)) this.#endFrame(block, opened);
    }
  }

  #closeIfEnded(block: OpenBlock): void {
    if (block.open.size > 0 || (block.nextKey < block.keys.length && !block.closing)) return;
    const { path, step } = block.at;
    if (this.#blocks?.delete(path) !== true) return;
    // Only the last round says what a loop gives; the earlier ones are in the journal.
    if (hasRounds(step)) block.ended = block.ended.slice(-1);
    if (hasRounds(step) && !block.closing) {
      (this.#between ??= new Map()).set(path, block);
      this.#offerBetween(block);
      return;
    }
    this.#offerClose(block);
  }

  /** What follows a round: the question whether there is another, unless the block is to end. */
  #offerBetween(block: OpenBlock): void {
    if (block.closing) {
      this.#between?.delete(block.at.path);
      this.#offerClose(block);
      return;
    }
    this.#offers.add({ do: 'advance', ...block.at, round: block.nextKey, frames: inOrder(block) });
  }

  #offerClose(block: OpenBlock): void {
    const frames = inOrder(block);
    this.#offers.dropTimeout(block.at.path);
    this.#offers.add({ do: 'close', ...block.at, frames, outcome: outcomeOfBlock(block, frames) });
  }

  /** A person has decided about a plan: its block goes on from where it stood. */
  #takeUp(opened: OpenFrame, at: At, startedAt: Instant): void {
    const between = this.#between?.get(at.path);
    const opening = this.#state.blocks.get(at.path);
    if (between !== undefined) this.#offerBetween(between);
    else if (opening !== undefined) this.#openBlock(at, opened, opening, startedAt);
    else this.#offers.add({ do: 'open', ...at });
  }

  #openRound(path: StepPath, round: number, closing: boolean): void {
    const block = this.#between?.get(path);
    if (block === undefined) return;
    this.#between?.delete(path);
    (this.#blocks ??= new Map()).set(path, block);
    block.closing ||= closing;
    block.keys.push({ round });
    this.#openMore(block);
    this.#closeIfEnded(block);
  }

  /** Nothing of the workflow's own list goes on. */
  #end(): void {
    this.#ended = false;
    this.#epilogue = undefined;
    this.#abortFrame(this.#root);
    this.#settle(this.#root);
  }

  /** Nothing of what follows it is begun any more. */
  #hurry(): void {
    for (const opened of this.#followers?.values() ?? []) this.#abortFrame(opened);
    if (!this.#ended && isSettled(this.#root)) this.#proceed();
  }
}
