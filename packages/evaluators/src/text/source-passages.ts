import type { Json, Subject } from '@telos/core';
import { sentencesOf } from './segments.ts';

/** A text of a source, or a sentence of one. */
export type SourcePassage = {
  /** The same for sentences of one text: neighbours in it explain one another, records of a list do not. */
  readonly part: number;
  /** Where it comes from: what the source calls itself (`source`, `url`, ...), else the step's name. */
  readonly source: string;
  readonly text: string;
};

const names = ['source', 'url', 'path', 'title', 'name'];

/**
 * Everything in the sources that can support a statement, cut into sentences:
 * strings as they are; the plain fields of an object together, as `field: value`,
 * so that a database row can be leant on too.
 */
export function* sourcePassages(against: Json | undefined, sources: Subject['sources']): Generator<SourcePassage> {
  for (const { part, source, text } of sourceTexts(against, sources)) {
    for (const sentence of sentencesOf(text)) yield { part, source, text: sentence };
  }
}

/** The texts of the sources, whole. */
export function sourceTexts(against: Json | undefined, sources: Subject['sources']): readonly SourcePassage[] {
  const found: SourcePassage[] = [];
  if (against !== undefined) collect(against, 'against', found);
  else for (const [step, value] of Object.entries(sources)) collect(value, step, found);
  return found;
}

function collect(value: Json, source: string, found: SourcePassage[]): void {
  if (value === null || value === '') return;
  if (typeof value !== 'object') {
    found.push({ part: found.length, source, text: String(value) });
  } else if (isList(value)) {
    for (const item of value) collect(item, source, found);
  } else {
    const name = names.map((key) => value[key]).find((field) => typeof field === 'string' && field !== '');
    const own = typeof name === 'string' ? name : source;
    const plain: string[] = [];
    for (const [key, field] of Object.entries(value)) {
      const isText = typeof field === 'string' && (field.length > 80 || field.includes('\n'));
      if (isText || (typeof field === 'object' && field !== null)) collect(field, own, found);
      else if (field === name || field === null || field === '') continue;
      else if (key === 'text' || key === 'markdown' || key === 'content') collect(field, own, found);
      else plain.push(`${key.replaceAll('_', ' ')}: ${String(field)}`);
    }
    if (plain.length > 0) found.push({ part: found.length, source: own, text: plain.join(', ') });
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
