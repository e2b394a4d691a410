import type { Json, Subject, Verdict } from '@telos/core';
import { errorVerdict } from '../define-check.ts';
import type { Pace } from './pace.ts';
import { indexPassages } from './passage-index.ts';
import type { PassageIndex } from './passage-index.ts';
import { sentencesOf } from './segments.ts';
import { sourcePassages } from './source-passages.ts';

/** About a thousand pages to lean on, and some 200 pages that lean on them. What is longer is not checked at all. */
const mostSourceWords = 500_000;
const mostSentences = 5000;

export type Grounds = { readonly sentences: readonly string[]; readonly index: PassageIndex };

/** The sentences of an output and what they may lean on, or why they cannot be compared. */
export async function groundsOf(
  text: string,
  { against, sources }: { readonly against: Json | undefined; readonly sources: Subject['sources'] },
  pace: Pace,
): Promise<Grounds | Verdict> {
  const sentences: string[] = [];
  for (const sentence of sentencesOf(text)) {
    if (sentences.length === mostSentences)
      return errorVerdict(
        `The output has more than ${mostSentences} sentences; they were not compared with the sources. Check its parts one by one, or bound it with \`length\`.`,
      );
    sentences.push(sentence);
    await pace.spend(sentence.length);
  }
  const index = await indexPassages(sourcePassages(against, sources), pace, mostSourceWords);
  if (index === undefined)
    return errorVerdict(
      `The sources hold more than ${mostSourceWords} words; the output was not compared with them. Name the part that matters with \`against\`.`,
    );
  if (index.size === 0)
    return errorVerdict('There are no sources to compare the output with: give `against`, or read a step.');
  return { sentences, index };
}
