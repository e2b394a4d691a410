import { createHash } from 'node:crypto';
import type { ActionStep, Json, Program, StoredProgram } from '@telos/core';

/** An action that does nothing but give `value`; it waits for nobody. */
export function anAction(id: string, more: Partial<ActionStep> = {}): ActionStep {
  return { kind: 'action', id, uses: 'transform', with: { value: id }, after: [], reads: [], onError: 'fail', ...more };
}

/** A program of the given steps with no inputs and no outputs. */
export function aProgram(steps: Program['steps'], more: Partial<Program> = {}): Program {
  return {
    telos: 1,
    id: 'some_workflow',
    inputs: {},
    vars: {},
    tools: {},
    permissions: { allow: [], ask: [], deny: [] },
    evaluators: {},
    steps,
    outputs: {},
    outputReads: [],
    requires: { tools: [], checks: [], models: [], secrets: [] },
    ...more,
  };
}

/** A program as the store keeps it, under a hash of its text. */
export function aStoredProgram(program: Program, more: Partial<StoredProgram> = {}): StoredProgram {
  const text = JSON.stringify(program);
  return {
    hash: createHash('sha256').update(text).digest('hex'),
    id: program.id,
    program: JSON.parse(text) as Json, // what JSON.parse gives is Json
    storedAt: 1000,
    ...more,
  };
}
