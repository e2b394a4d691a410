/**
 * Which rows of the labelled sets may be learned from.
 *
 * A split is by category, kind, topic or document, never by row: near
 * duplicates of one another stand on one side. Nothing was trained on what is
 * held out, and no threshold chosen by it. Rows that would tie the sides
 * together (a held-out attack in a document of the other side) are in neither.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export type Part = 'development' | 'held out';

const Direct = z.object({ id: z.string(), text: z.string(), label: z.number(), category: z.string() });
const Jailbreak = z.object({ id: z.string(), text: z.string(), family: z.string(), category: z.string() });
const Moderation = z.object({ id: z.string(), text: z.string(), type: z.string() });
const planted = {
  id: z.string(),
  content: z.string(),
  label: z.number(),
  attack: z.string().nullable(),
  attack_category: z.string().nullable(),
};
const Docs = z.object({ ...planted, doc_kind: z.string() });
const Bipia = z.object({ ...planted, task: z.string() });
const Tool = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  input_schema: z.record(z.string(), z.unknown()),
  kind: z.string(),
  label: z.number(),
});

export const rowSchemas = {
  injection_direct: Direct,
  jailbreak_artifacts: Jailbreak,
  moderation_xstest: Moderation,
  injection_indirect_docs: Docs,
  injection_indirect_bipia: Bipia,
  tool_poisoning: Tool,
} as const;

export type SetName = keyof typeof rowSchemas;
export type RowOf<S extends SetName> = z.infer<(typeof rowSchemas)[S]>;
export type ToolRow = z.infer<typeof Tool>;

const parts: { readonly [S in SetName]: (row: RowOf<S>) => Part | undefined } = {
  // Its harmless rows are put together from one another, so all of them are held out.
  injection_direct: ({ label, category }) => sideOf(label === 1 && inHalf(`message ${category}`)),
  jailbreak_artifacts({ family, category }) {
    if (!inHalf(`jailbreak ${category}`)) return 'held out';
    return family === 'pair' || family === 'suffix_gcg' ? 'development' : undefined;
  },
  moderation_xstest: ({ type }) => sideOf(inHalf(`wish ${topicOf(type)}`)),
  injection_indirect_docs({ id, label, doc_kind: kind, attack_category: category }) {
    const place = sideOf(inHalf(`document ${kind}`));
    if (label === 1) return agreed(place, category);
    return place === 'held out' || id.endsWith('-0-clean') ? place : undefined;
  },
  injection_indirect_bipia({ id, label, attack_category: category }) {
    const place = sideOf(inHalf(`document ${id.replace(/-[a-z]+$/, '')}`));
    return label === 1 ? agreed(place, category) : place;
  },
  tool_poisoning: ({ label, kind }) => sideOf(label === 1 && inHalf(`tool ${kind}`)),
};

/** Undefined: the row is in neither part. */
export function partOf<S extends SetName>(set: S, row: RowOf<S>): Part | undefined {
  return parts[set](row);
}

function sideOf(isDevelopment: boolean): Part {
  return isDevelopment ? 'development' : 'held out';
}

/** The side on which both the document and the attack are. */
function agreed(place: Part, category: string | null): Part | undefined {
  return sideOf(inHalf(attackName(category))) === place ? place : undefined;
}

/** The first number with which neither half of a set has less than two fifths of its attacks. */
const splitSeed = 30;

/** Half of all names, by hash. */
function inHalf(name: string): boolean {
  return (createHash('sha256').update(`${splitSeed} ${name}`).digest()[0] ?? 0) % 2 === 0;
}

/** Two sets share attacks; one name for each category in both. */
export function attackName(category: string | null): string {
  const name = (category ?? '')
    .toLowerCase()
    .replace(/^bipia_/, '')
    .replaceAll(/[^a-z]+/g, ' ');
  return `attack ${name.trim()}`;
}

/** A wish and its counterpart that only sounds like it are of one topic. */
function topicOf(type: string): string {
  if (type.includes('discr')) return 'discrimination';
  if (type.includes('privacy')) return 'privacy';
  return type.replace('contrast_', '');
}
