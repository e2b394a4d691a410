/**
 * `restore` on a rail: where what it has hidden is put back.
 *
 *   restore: output
 *   restore: { output: true, tools: [mail.send] }
 *   restore: { tools: { mail.send: [to, cc] } }
 */
import type { AgentTool, Json, JsonObject, RailPlace, RailsSpec, RailUse, RestoreSpec } from '@telos/core';
import { defined } from '../text/defined.ts';
import { fieldOf, isList, isObject } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Resolution } from './resolution.ts';

/** What is written, whatever is at fault about it. */
export function restoreOf(written: Json | undefined): RestoreSpec | undefined {
  if (written === 'output') return { output: true };
  if (!isObject(written)) return undefined;
  const tools = fieldOf(written, 'tools');
  return defined({
    output: fieldOf(written, 'output') === true ? (true as const) : undefined,
    tools: tools === undefined ? undefined : Object.fromEntries(toolsIn(tools)),
  });
}

function toolsIn(written: Json): readonly (readonly [string, readonly string[]])[] {
  if (isList(written)) return written.flatMap((name) => (typeof name === 'string' ? [[name, []] as const] : []));
  return Object.entries(isObject(written) ? written : {}).map(([name, fields]) => [name, textsIn(fields)]);
}

function textsIn(written: Json): readonly string[] {
  return (isList(written) ? written : [written]).filter((field) => typeof field === 'string');
}

/** A rail that hides nothing has nothing to put back. @param place Of the key. */
export function restoring(
  { action, mode, uses }: RailUse,
  written: Json | undefined,
  place: Place,
  resolution: Resolution,
): RestoreSpec | undefined {
  if (written === undefined) return undefined;
  const refuse = (message: string, hint: string): undefined => {
    resolution.report({ code: 'INVALID_VALUE', place, at: 'key', message, hint });
  };
  if (action !== 'redact')
    return refuse(
      `\`restore\` puts back what a rail has hidden, and one that does \`${action}\` hides nothing`,
      'write action: redact, or leave `restore` out',
    );
  if (mode === 'shadow')
    return refuse(
      '`restore` puts back what a rail has hidden, and in `shadow` it hides nothing',
      'leave `mode` out, or `restore`',
    );
  if (resolution.options.catalog.checks.get(uses)?.restorable !== true)
    return refuse(
      `what \`${uses}\` hides is kept nowhere, so nothing can be put back`,
      'of the checks that come with Telos `pii`, `secrets` and `exfiltration` can be taken back',
    );
  const restore = restoreOf(written);
  if (restore?.output === undefined && Object.keys(restore?.tools ?? {}).length === 0)
    return refuse('`restore` names no place', 'write restore: output, or restore: { tools: [mail.send] }');
  resolution.restores.isUsed = true;
  return restore;
}

const toReaders =
  'what it hides is hidden from whoever reads it, and nothing comes after it that could be given it back';

/** Where nothing follows that it could be put back in. @param kind Of the block; undefined for an action, `run` for a run. */
export function refuseMisplacedRestores(
  written: JsonObject,
  place: Place,
  kind: string | undefined,
  { report }: Resolution,
): void {
  for (const [name, rails] of Object.entries(written)) {
    if (!isList(rails)) continue;
    for (const [index, rail] of rails.entries()) {
      const restore = fieldOf(rail, 'restore');
      if (restore === undefined) continue;
      const at = [...place, name, index, 'restore'];
      // Keys that are no place are a fault of their own.
      const why = misplaced(name as RailPlace, kind);
      if (why !== undefined) report({ code: 'INVALID_VALUE', place: at, at: 'key', ...why });
      else if (restoreOf(restore)?.tools !== undefined && kind !== 'agent')
        report({
          code: 'INVALID_VALUE',
          place: [...at, 'tools'],
          at: 'key',
          message: 'only an agent calls tools by name',
          hint: 'write restore: output; the steps that read it are given what was hidden',
        });
    }
  }
}

type Why = { readonly message: string; readonly hint: string };

function misplaced(name: RailPlace, kind: string | undefined): Why | undefined {
  switch (name) {
    case 'input':
      return undefined;
    case 'output':
      return { message: toReaders, hint: 'put it on the rail under `input` that hides it from the step' };
    case 'memory_write':
      return { message: 'what is kept for later runs stays as it was kept', hint: 'leave `restore` out' };
    case 'tool_arguments':
      if (kind === undefined) return undefined;
      return {
        message: 'what is hidden from the calls inside is put back by the steps that make them',
        hint: 'put it under `input`, or on the steps inside',
      };
    case 'tool_result':
      if (kind !== undefined) return undefined;
      return {
        message: 'what a step gives would be hidden and put back at once',
        hint: 'leave `restore` out; or put the rail on the input of the steps that read it',
      };
  }
}

/** The tools that it names are those that the agent, or one that it calls, has. */
export function refuseUnknownTools(
  rails: RailsSpec | undefined,
  tools: readonly AgentTool[],
  place: Place,
  { report }: Resolution,
): void {
  const known = new Map(allOf(tools).map((tool) => [tool.name, tool]));
  for (const [name, list] of Object.entries(rails ?? {})) {
    for (const [index, { restore }] of list.entries()) {
      for (const named of Object.keys(restore?.tools ?? {})) {
        const tool = known.get(named);
        const at = [...place, 'rails', name, index, 'restore', 'tools'];
        if (tool === undefined)
          report({
            code: 'UNKNOWN_TOOL',
            place: at,
            message: `the agent has no tool named \`${named}\``,
            hint: suggestion(named, known.keys()) ?? 'name it under `tools` of the agent',
          });
        else if (!('uses' in tool))
          report({
            code: 'INVALID_VALUE',
            place: at,
            message: `\`${named}\` is no tool, and what is put back would be before a model again`,
            hint: 'name the tools that it calls in the end',
          });
      }
    }
  }
}

function allOf(tools: readonly AgentTool[]): readonly AgentTool[] {
  return tools.flatMap((tool) => ('agent' in tool ? [tool, ...allOf(tool.agent.tools)] : [tool]));
}
