/**
 * Leave for what is called that is no tool: another workflow, by a step or an agent, and another agent.
 *
 * What the steps inside do is held to rules and labels by themselves. Here the
 * call as such is held against the rules that name it: those of its program,
 * and of the workflows around that.
 */
import { isJsonObject, TelosError } from '@telos/core';
import type { At, Json, PermissionRule, Permission, Program, Step } from '@telos/core';
import { ruleFor, ruleText } from '@telos/language';
import type { Linked, Scope } from '@telos/language';
import { labellingOfStart } from './block-labelling.ts';
import type { Desk } from '../desk/desk.ts';
import { argumentsOf } from './leave.ts';

export type CallLeave = 'given' | { readonly refused: TelosError } | { readonly ask: Permission; readonly shown: Json };

/** @param written What a person put in place of its arguments. */
export function leaveForCall(desk: Desk, at: At, scope: Scope, written?: Json): CallLeave {
  const { step, frame } = at;
  const { permissions, linked } = desk.contexts.of(frame);
  const name = nameOf(step, linked.program);
  if (name === undefined) return 'given';
  if (permissions.every(({ deny, ask }) => deny.length + ask.length === 0)) return 'given';
  const names = { written: name, uses: name };
  let shown: Json;
  try {
    shown = written ?? argumentsIn(at, linked, scope);
  } catch {
    // It fails when it is opened, and says why.
    return 'given';
  }
  const held = (rules: readonly PermissionRule[]): PermissionRule | undefined => ruleFor(rules, names, shown, 'some');
  for (const { deny } of permissions) {
    const rule = held(deny);
    if (rule === undefined) continue;
    const message = `\`${name}\` with these arguments is denied by \`${ruleText(rule)}\` under \`permissions\`.`;
    return { refused: new TelosError('TOOL_DENIED', message) };
  }
  if (written !== undefined || permissions.every(({ ask }) => held(ask) === undefined)) return 'given';
  return {
    shown,
    // Nobody can tell what its steps will do.
    ask: {
      uses: name,
      effect: 'write',
      because: ['rule'],
      arguments: argumentsOf(shown, labellingOfStart(desk, at)),
    },
  };
}

/** As rules know it: an agent's call by the name that it called, a step that runs a workflow as an agent would call that. */
function nameOf(step: Step, { tools }: Program): string | undefined {
  if (step.kind !== 'workflow' && step.kind !== 'agent') return undefined;
  if (step.calledAs !== undefined || step.kind === 'agent') return step.calledAs;
  // A connection of that name keeps it.
  return Object.hasOwn(tools, 'workflow') ? undefined : `workflow.${step.workflow}`;
}

/** What an agent is asked by arguments that a person wrote. @throws TelosError VALUE_INVALID. */
export function taskIn(written: Json): Json {
  const task = isJsonObject(written) ? written['task'] : undefined;
  if (typeof task === 'string' && task.trim() !== '') return task;
  throw new TelosError('VALUE_INVALID', 'What stands in place of its arguments holds no task.', {
    next: 'Write { "task": "..." }.',
  });
}

function argumentsIn({ step }: At, linked: Linked, scope: Scope): Json {
  if (step.kind === 'workflow') return linked.render(step.with, scope);
  return step.kind === 'agent' ? { task: linked.render(step.input, scope) } : null;
}
