/**
 * Contexts: whose program a frame belongs to. Steps of the run's own list, and
 * of plans, see the run's inputs and connections; those of another workflow that
 * runs as a step see what that was given, and its own.
 */
import type { Frame, Hash, Labels, Payload, Program, RunState, StepPath } from '@telos/core';
import type { Linked } from '@telos/language';
import { renderingOf } from './rendering.ts';
import type { Rendering } from './rendering.ts';

export type Context = {
  /** Of the program. */
  readonly hash: Hash;
  readonly linked: Linked;
  readonly rendering: Rendering;
  readonly inputs: Payload;
  /** Of the inputs. */
  readonly labels: Labels;
};

export interface Contexts {
  of(frame: Frame): Context;
  /** The program of a plan or of another workflow that is loaded. */
  program(hash: Hash): Program | undefined;
  /** Makes a program known to the frontier and to `of`. */
  add(hash: Hash, linked: Linked): void;
}

export function createContexts(
  state: RunState,
  own: Linked,
  programs: Map<Hash, Linked>,
  secret: (name: string) => string | undefined,
): Contexts {
  const root: Context = {
    hash: state.program,
    linked: own,
    rendering: renderingOf(own.program, own, secret),
    inputs: state.inputs,
    labels: state.inputLabels,
  };
  const inner = new Map<StepPath, Context>();
  /** Nearly every run has no workflow inside: then nothing is walked. */
  const alone = Object.keys(state.workflows).length === 0;

  function ofWorkflow(path: StepPath, around: Context): Context {
    const known = inner.get(path);
    if (known !== undefined) return known;
    const opening = state.blocks.get(path);
    if (opening === undefined || !('workflow' in opening)) return around;
    const linked = programs.get(opening.workflow);
    if (linked === undefined) return around;
    const block = state.steps.get(path);
    const made: Context = {
      hash: opening.workflow,
      linked,
      rendering: renderingOf(linked.program, linked, secret),
      inputs: opening.inputs,
      labels: block !== undefined && 'labels' in block && block.labels !== undefined ? block.labels : around.labels,
    };
    inner.set(path, made);
    return made;
  }

  return {
    of(frame) {
      if (alone) return root;
      for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
        if (at.block?.step.kind === 'workflow') return ofWorkflow(at.block.path, root);
      }
      return root;
    },
    program: (hash) => programs.get(hash)?.program,
    add: (hash, linked) => void programs.set(hash, linked),
  };
}
