/**
 * The tools of a plan as its prompt shows them, packed into a number of characters.
 *
 * Those whose name and description share most words with the objective come
 * first. When not all fit, the last ones lose their schemas, then are left out.
 */
import { z } from 'zod';
import type { AnyTool } from '@telos/core';
import type { Tools } from '../request/allowed-tools.ts';
import { fenced } from './fence.ts';
import { wordsOf } from './words-of.ts';

export type ToolList = { readonly text: string; readonly leftOut: readonly string[] };

/** Used in nearly every plan, whatever the objective's words. */
const always: ReadonlySet<string> = new Set(['llm']);
/** A description is somebody else's text; what matters stands in its beginning. */
const longestDescription = 1500;

export function toolList(tools: Tools, objective: string, maxCharacters: number): ToolList {
  const shown: string[] = [];
  const leftOut: string[] = [];
  let room = maxCharacters;
  for (const tool of ranked(tools, objective)) {
    const text = [whole(tool), brief(tool)].find((entry) => entry.length <= room);
    if (text === undefined) leftOut.push(tool.name);
    else {
      shown.push(text);
      room -= text.length;
    }
  }
  return { text: shown.join('\n\n'), leftOut };
}

function ranked(tools: Tools, objective: string): readonly AnyTool[] {
  const wanted = wordsOf(objective);
  const score = ({ name, description }: AnyTool): number => {
    if (always.has(name)) return Infinity;
    const named = count(wordsOf(name), wanted);
    return 3 * named + count(wordsOf(description.slice(0, longestDescription)), wanted);
  };
  return [...tools.values()]
    .map((tool) => ({ tool, score: score(tool) }))
    .sort((left, right) => right.score - left.score || (left.tool.name < right.tool.name ? -1 : 1))
    .map(({ tool }) => tool);
}

function count(words: ReadonlySet<string>, wanted: ReadonlySet<string>): number {
  return [...words].filter((word) => wanted.has(word)).length;
}

function whole(tool: AnyTool): string {
  const lines = [
    described(tool),
    `input: ${schemaText(tool.input, 'input')}`,
    `output: ${schemaText(tool.output, 'output')}`,
  ];
  return `${tool.name}\n${fenced(lines.join('\n'))}`;
}

function brief(tool: AnyTool): string {
  return `${tool.name}\n${fenced(described(tool).slice(0, 200))}`;
}

function described({ description, effect, effectOf }: AnyTool): string {
  const shown = effectOf === undefined || effect === 'read' ? effect : `read or ${effect}, by its input`;
  return `${description.slice(0, longestDescription)} (effect: ${shown})`;
}

function schemaText(schema: z.ZodType, io: 'input' | 'output'): string {
  try {
    const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
    return JSON.stringify(rest);
  } catch {
    return '{}'; // a schema that JSON Schema cannot say
  }
}
