/**
 * The connections that a call may go by: what their settings carry, it carries.
 *
 * A step names its connection, or the expression that gives all of its input
 * does. An agent's call has the one of the tool that its model called; where that
 * takes any, which one is the model's choice.
 */
import { isJsonObject } from '@telos/core';
import type { ActionStep, AgentTool, AnyTool, ConnectionSpec, Frame, RunState, Template } from '@telos/core';
import { z } from 'zod';
import { callMadeBy } from '../scope/calls-of-round.ts';
import type { Context } from '../scope/contexts.ts';

/** Their settings. */
export function connectionsOf(
  state: RunState,
  context: Context,
  frame: Frame,
  { id, uses, with: given }: ActionStep,
): readonly Template[] {
  const { tools } = context.linked.program;
  const all = Object.values(tools);
  if (all.length === 0) return [];
  if (typeof given !== 'string')
    return settings([
      named(tools, isJsonObject(given) ? given['connection'] : undefined),
      named(tools, familyOf(uses)),
    ]);
  const called = toolCalled(state, frame, id);
  if (called === undefined) return settings(all);
  if (called.connection !== undefined) return settings([named(tools, called.connection)]);
  const served = named(tools, familyOf(uses));
  if (served !== undefined) return settings([served]);
  return settings(takesAny(context.tool(uses)) ? all : []);
}

function toolCalled(state: RunState, frame: Frame, id: string): Extract<AgentTool, { uses: string }> | undefined {
  const agent = frame.block?.step;
  const call = callMadeBy(state, frame, id);
  if (agent?.kind !== 'agent' || call === undefined) return undefined;
  const tool = agent.tools.find(({ name }) => name === call.name);
  return tool !== undefined && 'uses' in tool ? tool : undefined;
}

/** Whether its input can name a connection. */
function takesAny(tool: AnyTool | undefined): boolean {
  const input = tool?.input;
  if (!(input instanceof z.ZodObject)) return true;
  const { catchall } = input.def;
  return Object.hasOwn(input.shape, 'connection') || (catchall !== undefined && !(catchall instanceof z.ZodNever));
}

function named(tools: { readonly [name: string]: ConnectionSpec }, name: unknown): ConnectionSpec | undefined {
  return typeof name === 'string' && Object.hasOwn(tools, name) ? tools[name] : undefined;
}

function familyOf(uses: string): string {
  return uses.slice(0, Math.max(uses.indexOf('.'), 0));
}

function settings(connections: readonly (ConnectionSpec | undefined)[]): readonly Template[] {
  return connections.flatMap((one) => (one === undefined ? [] : [one.with]));
}
