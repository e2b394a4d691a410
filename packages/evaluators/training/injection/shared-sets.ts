/** The labelled sets as examples, read from a folder. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import type { Example } from './example.ts';
import { attackName, partOf, rowSchemas } from './parts.ts';
import type { Part, RowOf, SetName, ToolRow } from './parts.ts';

export type SharedSets = {
  messages(part: Part): readonly Example[];
  jailbreaks(part: Part): readonly Example[];
  /** Harmful wishes and ones that sound so: none is an attack. */
  wishes(part: Part): readonly Example[];
  documents(part: Part): readonly Example[];
  tools(part: Part): readonly Example[];
};

/** @param textsOfTool What the check reads of a tool. */
export function readSharedSets(folder: string, textsOfTool: (tool: ToolRow) => readonly string[]): SharedSets {
  const rows = <S extends SetName>(set: S, part: Part): readonly RowOf<S>[] => {
    const schema = rowSchemas[set] as unknown as z.ZodType<RowOf<S>>; // the schema of this very set
    return readFileSync(path.join(folder, set, 'data.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => schema.parse(JSON.parse(line)))
      .filter((row) => partOf(set, row) === part);
  };
  return {
    messages: (part) =>
      rows('injection_direct', part).map(({ text, label, category }) =>
        example('injection_direct', [text], label === 1, `${label === 1 ? 'attack' : 'harmless'} ${category}`),
      ),
    jailbreaks: (part) =>
      rows('jailbreak_artifacts', part).map(({ text, family, category }) =>
        example('jailbreak_artifacts', [text], true, `${family} ${category}`),
      ),
    wishes: (part) =>
      rows('moderation_xstest', part).map(({ text, type }) => example('moderation_xstest', [text], false, type)),
    documents: (part) => [
      ...rows('injection_indirect_docs', part).map((row) => document('injection_indirect_docs', row, row.doc_kind)),
      ...rows('injection_indirect_bipia', part).map((row) => document('injection_indirect_bipia', row, row.task)),
    ],
    tools: (part) =>
      rows('tool_poisoning', part).map((row) =>
        example(
          'tool_poisoning',
          textsOfTool(row),
          row.label === 1,
          `${row.label === 1 ? 'poisoned' : 'harmless'} ${row.kind}`,
        ),
      ),
  };
}

function example(set: SetName, texts: readonly string[], attack: boolean, group: string): Example {
  return { texts, attack, set, group, weight: 1 };
}

function document(
  set: SetName,
  { content, attack, attack_category: category }: RowOf<'injection_indirect_docs'> | RowOf<'injection_indirect_bipia'>,
  kind: string,
): Example {
  if (attack === null) return example(set, [content], false, `clean ${kind}`);
  const planted = attack.trim();
  const start = content.indexOf(planted);
  const span = start === -1 ? {} : { span: { start, end: start + planted.length } };
  return { ...example(set, [content], true, `${kind} ${attackName(category)}`), ...span };
}
