/**
 * Contexts: whose program a frame belongs to. Steps of the run's own list, and
 * of plans, see the run's inputs and connections; those of another workflow that
 * runs as a step see what that was given, and its own.
 */
import {
  isJsonObject,
  labellingAt,
  labellingOf,
  labellingOfFields,
  marked,
  toolIn,
  unlabelled,
  withMarks,
} from '@telos/core';
import type {
  AnyTool,
  Frame,
  Hash,
  JsonObject,
  Labelling,
  Payload,
  PermissionsSpec,
  Program,
  RunState,
  StepPath,
  Template,
  ToolPlaces,
} from '@telos/core';
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
  readonly labelling: Labelling;
  /** The tool that a step of the program uses. */
  tool(uses: string): AnyTool | undefined;
  /** The program's own first, then those of the workflows around it: none of them may be evaded by running another. */
  readonly permissions: readonly PermissionsSpec[];
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
  { secret, ...places }: ToolPlaces & { readonly secret: (name: string) => string | undefined },
): Contexts {
  const root: Context = {
    hash: state.program,
    linked: own,
    rendering: renderingOf(own.program, own, secret),
    inputs: state.inputs,
    labelling: labellingOfInputs(own.program, givenLabelling(state), 'inputs'),
    tool: (uses) => toolIn(places, own.program.tools, uses),
    permissions: [own.program.permissions],
  };
  const inner = new Map<StepPath, Context>();
  /** Nearly every run has no workflow inside: then nothing is walked. */
  const alone = Object.keys(state.workflows).length === 0;

  function ofWorkflow({ path, step }: NonNullable<Frame['block']>, around: Context): Context {
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
      labelling: labellingOfInputs(
        linked.program,
        block !== undefined && 'labels' in block ? labellingOf(block, path) : around.labelling,
        `${path}/inputs`,
        step.kind === 'workflow' ? namedIn(step.with) : {},
      ),
      tool: (uses) => toolIn(places, linked.program.tools, uses),
      permissions: [linked.program.permissions, ...around.permissions],
    };
    inner.set(path, made);
    return made;
  }

  function of(frame: Frame): Context {
    if (alone) return root;
    for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
      if (at.block?.step.kind !== 'workflow') continue;
      const known = inner.get(at.block.path);
      return known ?? ofWorkflow(at.block, of(at.block.frame));
    }
    return root;
  }

  return {
    of,
    program: (hash) => programs.get(hash)?.program,
    add: (hash, linked) => void programs.set(hash, linked),
  };
}

function givenLabelling({ inputLabels, inputLabelling }: RunState): Labelling {
  return labellingOf({ labels: inputLabels, labelling: inputLabelling }, 'inputs');
}

/** The inputs that a step names; undefined when one expression gives them all. */
function namedIn(given: Template): JsonObject | undefined {
  return isJsonObject(given) ? given : undefined;
}

/**
 * What was given carries what it came with, and what the program says of its inputs.
 *
 * @param named What was given by name; absent: anything may have been.
 */
function labellingOfInputs(
  { inputs }: Program,
  given: Labelling,
  name: string,
  named?: { readonly [input: string]: unknown },
): Labelling {
  const came = (input: string): Labelling =>
    named === undefined || Object.hasOwn(named, input) ? labellingAt(given, [input]) : unlabelled;
  const hidden = Object.entries(inputs).filter(([, { private: isPrivate }]) => isPrivate === true);
  if (hidden.length === 0 && (named === undefined || given === unlabelled)) return given;
  const marks = new Map(hidden.map(([input]) => [input, marked(['private'], `${name}.${input}`)]));
  return labellingOfFields(
    Object.fromEntries(
      Object.keys(inputs).map((input) => [input, withMarks(came(input), marks.get(input) ?? unlabelled)]),
    ),
  );
}
