/**
 * The labelled sets, read from a folder, and how they are split.
 *
 * A split is by category, kind or template, never by row: near duplicates of
 * one another stand on one side. What `development` does not give is held out:
 * nothing was trained on it, and no threshold chosen by it.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Example } from './example.ts';

export type Part = 'development' | 'held out';

const Direct = z.object({ id: z.string(), text: z.string(), label: z.number(), category: z.string() });
const Jailbreak = z.object({ id: z.string(), text: z.string(), family: z.string(), category: z.string() });
const Moderation = z.object({ id: z.string(), text: z.string(), type: z.string() });
const Docs = z.object({
  id: z.string(),
  content: z.string(),
  doc_kind: z.string(),
  label: z.number(),
  attack: z.string().nullable(),
  attack_category: z.string().nullable(),
});
const Bipia = z.object({
  id: z.string(),
  content: z.string(),
  task: z.string(),
  label: z.number(),
  attack: z.string().nullable(),
  attack_category: z.string().nullable(),
});
const Tool = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  input_schema: z.record(z.string(), z.unknown()),
  kind: z.string(),
  label: z.number(),
});

export type ToolRow = z.infer<typeof Tool>;

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
  const rows = <T>(set: string, schema: z.ZodType<T>): readonly T[] =>
    readFileSync(path.join(folder, set, 'data.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => schema.parse(JSON.parse(line)));
  const is = (part: Part, isDevelopment: boolean): boolean => isDevelopment === (part === 'development');

  return {
    messages: (part) =>
      rows('injection_direct', Direct)
        // Its harmless rows are put together from one another, so all of them are held out.
        .filter(({ label, category }) => is(part, label === 1 && inHalf(`message ${category}`)))
        .map(({ text, label, category }) => example('injection_direct', text, label, `${label === 1 ? 'attack' : 'harmless'} ${category}`)),
    jailbreaks: (part) =>
      rows('jailbreak_artifacts', Jailbreak)
        .filter(({ family, category }) =>
          part === 'held out'
            ? !inHalf(`jailbreak ${category}`)
            : inHalf(`jailbreak ${category}`) && (family === 'pair' || family === 'suffix_gcg'),
        )
        .map(({ text, family, category }) => example('jailbreak_artifacts', text, 1, `${family} ${category}`)),
    wishes: (part) =>
      rows('moderation_xstest', Moderation)
        .filter(({ type }) => is(part, inHalf(`wish ${topicOf(type)}`)))
        .map(({ text, type }) => example('moderation_xstest', text, 0, type)),
    documents: (part) => [
      ...rows('injection_indirect_docs', Docs)
        .filter(({ id, doc_kind, label, attack_category }) => {
          const kindHeld = !inHalf(`document ${doc_kind}`);
          if (label === 0) return part === 'held out' ? kindHeld : !kindHeld && /-0-clean$/.test(id);
          const attackHeld = !inHalf(attackName(attack_category));
          return part === 'held out' ? kindHeld && attackHeld : !kindHeld && !attackHeld;
        })
        .map((row) => documentExample('injection_indirect_docs', row, row.doc_kind)),
      ...rows('injection_indirect_bipia', Bipia)
        .filter(({ id, label, attack_category }) => {
          const documentHeld = !inHalf(`document ${id.replace(/-[a-z]+$/, '')}`);
          if (label === 0) return is(part, !documentHeld);
          const attackHeld = !inHalf(attackName(attack_category));
          return part === 'held out' ? documentHeld && attackHeld : !documentHeld && !attackHeld;
        })
        .map((row) => documentExample('injection_indirect_bipia', row, row.task)),
    ],
    tools: (part) =>
      rows('tool_poisoning', Tool)
        .filter(({ label, kind }) => is(part, label === 1 && inHalf(`tool ${kind}`)))
        .map((row) => ({
          ...example('tool_poisoning', '', row.label, `${row.label === 1 ? 'poisoned' : 'harmless'} ${row.kind}`),
          texts: textsOfTool(row),
        })),
  };
}

/** The first number with which neither half of a set has less than two fifths of its attacks. */
const splitSeed = 30;

/** Half of all names, by hash. */
function inHalf(name: string): boolean {
  return (createHash('sha256').update(`${splitSeed} ${name}`).digest()[0] ?? 0) % 2 === 0;
}

function example(set: string, text: string, label: number, group: string): Example {
  return { texts: [text], attack: label === 1, set, group, weight: 1 };
}

function documentExample(
  set: string,
  row: { readonly content: string; readonly attack: string | null; readonly attack_category: string | null },
  kind: string,
): Example {
  if (row.attack === null) return { texts: [row.content], attack: false, set, group: `clean ${kind}`, weight: 1 };
  const start = row.content.indexOf(row.attack.trim());
  return {
    texts: [row.content],
    attack: true,
    set,
    group: `${kind} ${attackName(row.attack_category)}`,
    ...(start === -1 ? {} : { span: { start, end: start + row.attack.trim().length } }),
    weight: 1,
  };
}

/** Two sets share attacks; one name for each category in both. */
function attackName(category: string | null): string {
  const name = (category ?? '').toLowerCase().replace(/^bipia_/, '').replaceAll(/[^a-z]+/g, ' ');
  return `attack ${name.trim()}`;
}

/** A wish and its counterpart that only sounds like it are of one topic. */
function topicOf(type: string): string {
  if (type.includes('discr')) return 'discrimination';
  if (type.includes('privacy')) return 'privacy';
  return type.replace('contrast_', '');
}
