/** Where steps stand among the open frames of a run. */
import { rootFrame } from '../program/path.ts';
import type { StepPath } from '../program/path.ts';
import { stepAt } from './open-frame.ts';
import type { OpenFrame, PlaceInFrame } from './open-frame.ts';

export class Places {
  /** The workflow's own list. It stays open, and its steps have their ids as paths. */
  #root: OpenFrame | undefined;
  /** Of every other open frame; most runs have none. */
  #others: Map<StepPath, PlaceInFrame> | undefined;

  add(opened: OpenFrame): void {
    if (opened.frame.path === rootFrame) {
      this.#root = opened;
      return;
    }
    this.#others ??= new Map();
    for (let index = 0; index < opened.steps.length; index++)
      this.#others.set(stepAt(opened, index).path, { frame: opened, index });
  }

  forget(opened: OpenFrame): void {
    for (const { path } of opened.steps) this.#others?.delete(path);
  }

  of(path: StepPath): PlaceInFrame | undefined {
    const index = this.#root?.graph.positions.get(path);
    return index === undefined || this.#root === undefined ? this.#others?.get(path) : { frame: this.#root, index };
  }
}
