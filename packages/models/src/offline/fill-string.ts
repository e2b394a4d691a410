/**
 * A text for a property, by what its name promises:
 *
 *   answer, summary, report ...   quoted sentences with their sources (inside a list: the sentence)
 *   source, url, file ...         the name of the source
 *   question, query               the question
 *   title, headline               the heading of the best sentence, else its first words
 *   a format, or date in its name the date, address or URL found
 *   quote, and anything else      the best sentence, verbatim
 */
import type { JsonObject } from '@telos/core';
import { noSources, notAnswered, writtenAnswer } from './extract.ts';
import type { Filling } from './filling.ts';
import { datesIn, emailsIn, urlsIn } from './found-in-text.ts';
import type { Passage } from './source.ts';

const answerNames =
  /answer|summary|report|brief|conclusion|response|overview|explanation|^(text|body|content|message)$/i;
const sourceNames = /^(source|sources|url|link|file|document|path|reference|citation)(_?(name|url|file|path|id))?$/i;
const titleNames = /^(title|headline|subject|heading)$/i;
const dateNames = /(^|_)(date|day|deadline)$|_(at|on)$/i;
const titleWords = 10;

export function fillString(schema: JsonObject, filling: Filling, candidates: readonly Passage[]): string | undefined {
  const { extraction, name, focus } = filling;
  const first = candidates[0];
  const format = typeof schema.format === 'string' ? schema.format : '';
  const cut = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : shortened(text, schema);

  if (format === 'date') return found(candidates, datesIn);
  if (format === 'date-time') {
    const date = found(candidates, datesIn);
    return date === undefined ? undefined : `${date}T00:00:00Z`;
  }
  // An address says by itself what it is, wherever it stands.
  const anywhere = [...candidates, ...extraction.passages];
  if (format === 'email') return found(anywhere, emailsIn);
  if (format === 'uri') return urlsIn(first?.source.name ?? '')[0] ?? found(anywhere, urlsIn);
  if (dateNames.test(name)) return found(candidates, datesIn);
  if (sourceNames.test(name)) return first?.source.name;
  if (/^(question|query)$/i.test(name))
    return extraction.prompt.question === '' ? undefined : extraction.prompt.question;
  if (titleNames.test(name)) return cut(titleOf(first));
  if (focus === undefined && (name === '' || answerNames.test(name))) return answerWithin(schema, filling);
  return cut(first?.text);
}

/** The written answer with as many sentences as `maxLength` admits. */
function answerWithin(schema: JsonObject, { extraction }: Filling): string {
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity;
  for (let sentences = 3; sentences > 0; sentences -= 1) {
    const answer = writtenAnswer(extraction, sentences);
    if (answer.length <= most) return answer;
  }
  const best = extraction.fitting[0]?.passage.text;
  return best === undefined ? (extraction.passages.length === 0 ? noSources : notAnswered) : shortened(best, schema);
}

function titleOf(passage: Passage | undefined): string | undefined {
  if (passage === undefined) return undefined;
  if (passage.heading !== '') return passage.heading;
  return passage.source.title ?? passage.text.split(/\s+/).slice(0, titleWords).join(' ');
}

function found(candidates: readonly Passage[], find: (text: string) => readonly string[]): string | undefined {
  for (const { text } of candidates) {
    const first = find(text)[0];
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Cuts at a space, so that what is left is still a verbatim piece. */
function shortened(text: string, schema: JsonObject): string {
  const most = typeof schema.maxLength === 'number' ? schema.maxLength : Infinity;
  if (text.length <= most) return text;
  const space = text.lastIndexOf(' ', most);
  return text.slice(0, space > 0 ? space : most);
}
