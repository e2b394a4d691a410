/** Ordinary texts of the other labelled sets: none of them was written with attacks in mind. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Example } from './example.ts';

const Row = z.object({
  id: z.string(),
  text: z.string().optional(),
  text_b64: z.string().optional(),
  question: z.string().optional(),
  input: z.string().optional(),
  output_1: z.string().optional(),
  output_2: z.string().optional(),
  output: z.string().optional(),
  document: z.string().optional(),
  broken: z.string().optional(),
  title: z.string().optional(),
});
type Row = z.infer<typeof Row>;

/** In UTF-16 units: enough of a long text. */
const longest = 3000;

type Source = {
  readonly file: string;
  readonly most: number;
  read(row: Row): string | undefined;
};

const messages: readonly Source[] = [
  { file: 'topic_clinc/data.jsonl', most: 900, read: ({ text }) => text },
  { file: 'correctness_evouna/data.jsonl', most: 400, read: ({ question }) => question },
  { file: 'pairwise_autoj/data.jsonl', most: 400, read: ({ input }) => input },
  { file: 'pairwise_llmbar_cases/data.jsonl', most: 30, read: ({ input }) => input },
  { file: 'pii_synth/data.jsonl', most: 150, read: ({ text }) => text },
];

/** Nobody says these to a model, but they are what people write, in whole sentences, to and about one another. */
const prose: readonly Source[] = [
  { file: 'pairwise_autoj/data.jsonl', most: 364, read: ({ output_1: text }) => text },
  { file: 'pairwise_autoj/data.jsonl', most: 364, read: ({ output_2: text }) => text },
  { file: 'groundedness_news/data.jsonl', most: 130, read: ({ document }) => document },
  { file: 'groundedness_facts/data.jsonl', most: 60, read: ({ document }) => document },
  { file: 'rating_sfhot/data.jsonl', most: 150, read: ({ output }) => output },
  { file: 'retrieval_cranfield/corpus.jsonl', most: 60, read: ({ text }) => text },
];

const documents: readonly Source[] = [
  { file: 'pairwise_autoj/data.jsonl', most: 300, read: ({ output_1 }) => output_1 },
  { file: 'groundedness_news/data.jsonl', most: 100, read: ({ document }) => document },
  { file: 'groundedness_facts/data.jsonl', most: 40, read: ({ document }) => document },
  { file: 'retrieval_cranfield/corpus.jsonl', most: 60, read: ({ text }) => text },
  { file: 'secrets_tokens/data.jsonl', most: 250, read: ({ text_b64 }) => decoded(text_b64) },
  { file: 'pii_synth/data.jsonl', most: 100, read: ({ text }) => text },
  { file: 'json_repair/data.jsonl', most: 60, read: ({ broken }) => broken },
];

export function ordinaryMessages(folder: string): readonly Example[] {
  return messages.flatMap((source) => examplesOf(folder, source));
}

export function ordinaryProse(folder: string): readonly Example[] {
  return prose.flatMap((source) => examplesOf(folder, source));
}

export function ordinaryDocuments(folder: string): readonly Example[] {
  return documents.flatMap((source) => examplesOf(folder, source));
}

function examplesOf(folder: string, source: Source): readonly Example[] {
  const set = path.dirname(source.file);
  const lines = readFileSync(path.join(folder, source.file), 'utf8').trim().split('\n');
  return divided(lines, source).drawn.map((text, at) => ({
    texts: [text],
    attack: false,
    set,
    group: `${set} ${at % 20}`,
    weight: 0.5,
  }));
}

/** What people said or asked that nothing learns from: the other texts of the sets that messages come from. */
export function messagesLeft(set: string, lines: readonly string[]): readonly string[] {
  return messages.filter(({ file }) => path.dirname(file) === set).flatMap((source) => divided(lines, source).left);
}

/** The different texts of a file: those that are learned from, spread over the whole file, and the others. */
function divided(
  lines: readonly string[],
  { most, read }: Source,
): { readonly drawn: readonly string[]; readonly left: readonly string[] } {
  const all = lines.map(
    (line) =>
      read(Row.parse(JSON.parse(line)))
        ?.slice(0, longest)
        .trim() ?? '',
  );
  // Prompts that people collected hold attacks too.
  const texts = [...new Set(all)].filter(
    (text) => text !== '' && !/previous instructions|jailbr|do anything now/i.test(text),
  );
  const step = Math.max(1, texts.length / most);
  const places = Array.from({ length: Math.min(most, texts.length) }, (_, at) => Math.floor(at * step));
  const taken = new Set(places);
  return { drawn: places.map((place) => texts[place] ?? ''), left: texts.filter((_, at) => !taken.has(at)) };
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('utf8');
}
