/** A source: a named text that an answer may quote. */
import type { Json, JsonObject } from '@telos/core';
import { isList } from '../json/json-kind.ts';
import { sentencesOf } from './sentences.ts';
import { termsOf } from './terms.ts';

export type Source = {
  readonly name: string;
  readonly text: string;
  readonly title?: string;
  /** The record, when the source is a row of data; `text` is then its compact JSON. */
  readonly row?: JsonObject;
};

/** A sentence of a source, ready to be ranked and quoted. */
export type Passage = {
  readonly source: Source;
  /** Stands verbatim in `source.text`. */
  readonly text: string;
  readonly heading: string;
  readonly terms: readonly string[];
  /** Of heading, title and name. */
  readonly around: ReadonlySet<string>;
};

export function passagesOf(sources: readonly Source[]): readonly Passage[] {
  return sources.flatMap((source) => {
    const sentences = source.row === undefined ? sentencesOf(source.text) : [{ text: source.text, heading: '' }];
    return sentences.map(({ text, heading }) => ({
      source,
      text,
      heading,
      terms: termsOf(text),
      around: new Set(termsOf(`${heading} ${source.title ?? ''} ${source.name}`)),
    }));
  });
}

const textFields = ['text', 'markdown', 'content', 'snippet', 'passage', 'excerpt', 'quote', 'body', 'description'];
const nameFields = ['source', 'url', 'file', 'path', 'name', 'title', 'id'];

/**
 * Sources in a JSON value: objects with a text (`text`, `markdown`, `content`,
 * `snippet`, ...) named by their `source`, `url`, `file`, `path`, `name`, `title`
 * or `id`; rows (objects of plain values) as their compact JSON; other strings of
 * several words under the key they stand at.
 *
 * @param name Of what has no name of its own.
 */
export function sourcesInJson(value: Json, name: string): readonly Source[] {
  if (typeof value === 'string') {
    return /\S\s+\S+\s+\S/.test(value) ? (quotedSources(value) ?? [{ name, text: value }]) : [];
  }
  if (value === null || typeof value !== 'object') return [];
  if (isList(value)) return value.flatMap((item) => sourcesInJson(item, name));

  const own = nameFields.map((field) => value[field]).find((field) => typeof field === 'string' && field !== '');
  const known = typeof own === 'string' ? own : name;
  const textField = textFields.find((field) => typeof value[field] === 'string');
  const text = textField === undefined ? undefined : value[textField];
  const nested = Object.entries(value).filter(([, field]) => typeof field === 'object' && field !== null);
  if (text === undefined && nested.length === 0) {
    return Object.keys(value).length === 0 ? [] : [{ name, text: JSON.stringify(value), row: value }];
  }
  const found: Source[] = [];
  if (typeof text === 'string') {
    const title = value.title;
    const titled = typeof title === 'string' && textField !== 'title' ? { title } : {};
    found.push(...(quotedSources(text) ?? [{ name: known, text, ...titled }]));
  } else {
    for (const [key, field] of Object.entries(value)) {
      if (typeof field === 'string' && !nameFields.includes(key)) found.push(...sourcesInJson(field, key));
    }
  }
  for (const [key, field] of nested) found.push(...sourcesInJson(field, own === undefined ? key : known));
  return found;
}

/** The sources of a text that is nothing but quotations, `"sentence" [source]`: they keep their names when quoted again. */
function quotedSources(text: string): readonly Source[] | undefined {
  const line = /\s*"([^"]+(?:"(?! \[)[^"]*)*)" \[([^\]\n]{1,500})\]\s*/y;
  const sources: Source[] = [];
  while (line.lastIndex < text.length) {
    const found = line.exec(text);
    if (found === null) return undefined;
    sources.push({ name: found[2] ?? '', text: found[1] ?? '' });
  }
  return sources.length === 0 ? undefined : sources;
}
