import { agentBody, framePath, placeOf, bodyProgramOf, compensationOf } from '@telos/core';
import type { AgentStep, Hash, Program, Step } from '@telos/core';
import type { FoldedStep } from './folded-run.ts';

/** Programs by hash: the run's own, and those that became bodies of its blocks. */
export type KnownPrograms = ReadonlyMap<Hash, Program>;

/**
 * Finds what a program says about a step of one of its runs.
 *
 * Each list of steps is indexed once, so that the ten thousandth item of a foreach costs what the first did.
 *
 * @returns undefined for a path that no known program explains.
 */
export function stepDefinitions(
  program: Program | undefined,
  programs: KnownPrograms,
  steps: ReadonlyMap<string, FoldedStep>,
): (path: string) => Step | undefined {
  const indexes = new Map<readonly Step[], Map<string, Step>>();
  const found = new Map<string, Step | undefined>();

  const within = (list: readonly Step[] | undefined, id: string): Step | undefined => {
    if (list === undefined) return undefined;
    let index = indexes.get(list);
    if (index === undefined) {
      index = new Map(list.map((step) => [step.id, step]));
      indexes.set(list, index);
    }
    return index.get(id);
  };

  const define = (path: string): Step | undefined => {
    if (found.has(path)) return found.get(path);
    const { id, parent, key, frame } = placeOf(path);
    const definition =
      parent === undefined
        ? within(listOf(program, frame), id)
        : key === undefined
          ? undo(parent)
          : within(body(parent, key), id);
    found.set(path, definition);
    return definition;
  };

  const undo = (path: string): Step | undefined => {
    const undone = define(path);
    return undone?.kind === 'action' ? compensationOf(undone) : undefined;
  };

  const rounds = new Map<string, readonly Step[]>();

  /** Made once: the body of a round is no part of the program. */
  const roundOf = (agent: AgentStep, block: string, round: number): readonly Step[] => {
    const path = framePath(block, { round });
    const made = rounds.get(path) ?? agentBody(agent, round, steps.get(block)?.calls?.[round - 2] ?? []);
    rounds.set(path, made);
    return made;
  };

  const body = (block: string, key: string): readonly Step[] | undefined => {
    const definition = define(block);
    switch (definition?.kind) {
      case 'foreach':
      case 'loop':
        return definition.steps;
      case 'agent':
        return roundOf(definition, block, Number(key.slice(1)));
      case 'parallel':
        return definition.branches[key.slice(1)];
      case 'switch':
        return definition.cases[Number(key.slice(1, -1))]?.steps;
      case 'plan':
      case 'workflow': {
        const { opening, plans } = steps.get(block) ?? {};
        const later = plans?.[Number(key.slice(1)) - 1]?.program;
        const hash = later ?? (opening === undefined ? undefined : bodyProgramOf(opening));
        return hash === undefined ? undefined : programs.get(hash)?.steps;
      }
      default:
        return undefined;
    }
  };

  return define;
}

/** The list of steps that is the body of no block: the workflow's own, or that of a handler. */
function listOf(program: Program | undefined, frame: string | undefined): readonly Step[] | undefined {
  if (frame === undefined) return program?.steps;
  if (frame === 'finally') return program?.finally?.steps;
  const index = /^catch\[(\d+)\]$/.exec(frame)?.[1];
  return index === undefined ? undefined : program?.catch?.[Number(index)]?.steps;
}
