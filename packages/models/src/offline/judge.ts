/**
 * Verdicts on a text by words alone.
 *
 * A request is a judge's when its schema has an array `verdicts` or `criteria` of
 * objects with `criterion` and `met`. The criteria are the schema's enum, or
 * stand in the prompt (`<criteria>`, a list under "Criteria:", or JSON); the text
 * to judge stands in `<answer>` (or `<output>`, `<subject>`), or in JSON; the
 * sources as ever. Where the schema has `criterion` as an integer it is the
 * criterion's place, from 0; where it has `met` as a number that is the share found.
 *
 *   about grounding     met when four fifths of the sentences have three fifths of their words in one source sentence,
 *                       and, where the criterion asks for named sources, four fifths of the lines name one
 *   about answering     met when half of the question's words occur and the text does not decline to answer
 *   about being short   met at 200 words or fewer
 *   anything else       met when half of the criterion's own words occur in the text; with "no" or "not", when they don't
 *
 * This finds invented sentences and missed questions. It does not find a claim
 * turned into its opposite; for that a judge needs a real model.
 */
import type { Json, JsonObject } from '@telos/core';
import { isList, isObject } from '../json/json-kind.ts';
import { noSources, notAnswered } from './extract.ts';
import { jsonBlocksOf } from './json-blocks.ts';
import type { Prompt } from './read-prompt.ts';
import { sentencesOf } from './sentences.ts';
import { passagesOf } from './source.ts';
import type { Passage } from './source.ts';
import { termsOf } from './terms.ts';

export type LexicalVerdict = Finding & { readonly criterion: string };

const supportedAt = 0.6;
const enoughSupported = 0.8;
const enoughWords = 0.5;
const shortWords = 200;

/** Where a judge's schema wants its verdicts; undefined for any other schema. */
export function verdictsProperty(schema: JsonObject): string | undefined {
  return ['verdicts', 'criteria'].find((name) => {
    const fields = verdictFields(schema, name);
    return fields?.criterion !== undefined && fields.met !== undefined;
  });
}

/** The criteria that a judge's schema or prompt names. */
export function criteriaOf(schema: JsonObject, property: string, prompt: Prompt): readonly string[] {
  const criterion = verdictFields(schema, property)?.criterion;
  const options = isObject(criterion) && criterion.enum !== undefined && isList(criterion.enum) ? criterion.enum : [];
  return options.length > 0
    ? options.map((option) => (typeof option === 'string' ? option : JSON.stringify(option)))
    : prompt.criteria;
}

function verdictFields(schema: JsonObject, name: string): JsonObject | undefined {
  const list = isObject(schema.properties) ? schema.properties[name] : undefined;
  const items = isObject(list) ? list.items : undefined;
  const fields = isObject(items) ? items.properties : undefined;
  return isObject(fields) ? fields : undefined;
}

/** One verdict a criterion, in order. */
export function judge(criteria: readonly string[], subject: string, prompt: Prompt): readonly LexicalVerdict[] {
  const passages = passagesOf(prompt.sources);
  const text = readable(subject);
  return criteria.map((criterion) => ({ criterion, ...verdictOn(criterion, text, prompt, passages) }));
}

/** `share` in [0, 1]: how much of what was looked for was found. */
type Finding = { readonly met: boolean; readonly share: number; readonly reason: string };

const none = (reason: string): Finding => ({ met: false, share: 0, reason });
const full = (reason: string): Finding => ({ met: true, share: 1, reason });

function verdictOn(criterion: string, subject: string, prompt: Prompt, passages: readonly Passage[]): Finding {
  if (subject.trim() === '') return none('There is no text to judge.');
  if (
    /ground|support|source|\bcit(e|es|ed|ing|ation)|faithful|evidence|quot|hallucinat|invent|made up|fact/i.test(
      criterion,
    )
  ) {
    const grounded = grounding(subject, passages);
    return grounded.met && /\b(name|names|cite|cites|cited|citation|attribut)/i.test(criterion)
      ? naming(subject, passages)
      : grounded;
  }
  if (/answer|question|relevan|address|respond/i.test(criterion)) return answering(subject, prompt);
  if (/\b(concise|short|brief)\b/i.test(criterion)) {
    const words = subject.split(/\s+/).filter((word) => word !== '').length;
    return {
      met: words <= shortWords,
      share: Math.min(1, shortWords / words),
      reason: `It has ${words} words; ${shortWords} count as short.`,
    };
  }
  return mentioning(criterion, subject);
}

function grounding(subject: string, passages: readonly Passage[]): Finding {
  if (declines(subject)) return full('It makes no claim.');
  if (passages.length === 0) return none('There are no sources to compare with.');
  const claims = sentencesOf(withoutMarks(subject))
    .map(({ text }) => text)
    .filter((text) => termsOf(text).length > 0);
  if (claims.length === 0) return none('It has no sentence that could be compared.');
  const unsupported = claims.filter((claim) => supportOf(claim, passages) < supportedAt);
  const supported = claims.length - unsupported.length;
  const met = supported >= enoughSupported * claims.length;
  const reason = `${supported} of ${claims.length} sentences share their words with a source.`;
  const worst = unsupported[0];
  return {
    met,
    share: supported / claims.length,
    reason: met || worst === undefined ? reason : `${reason} Not: "${worst.slice(0, 120)}"`,
  };
}

/** The greatest share of a sentence's words that one source sentence holds. */
function supportOf(claim: string, passages: readonly Passage[]): number {
  const terms = new Set(termsOf(claim));
  let best = 0;
  for (const passage of passages) best = Math.max(best, terms.intersection(new Set(passage.terms)).size / terms.size);
  return best;
}

function naming(subject: string, passages: readonly Passage[]): Finding {
  if (declines(subject)) return full('It makes no claim.');
  const names = [...new Set(passages.map(({ source }) => source.name.toLowerCase()))];
  const lines = subject.split('\n').filter((line) => termsOf(line).length > 0);
  const named = lines.filter((line) => names.some((name) => line.toLowerCase().includes(name)));
  return {
    met: named.length >= enoughSupported * lines.length,
    share: named.length / Math.max(1, lines.length),
    reason: `${named.length} of ${lines.length} lines name one of the ${names.length} sources.`,
  };
}

function answering(subject: string, prompt: Prompt): Finding {
  if (declines(subject)) return none('It says that it has no answer.');
  const question = new Set(termsOf(prompt.question));
  if (question.size === 0) return full('There is no question to compare with; the text is there.');
  const shared = question.intersection(new Set(termsOf(subject))).size;
  return {
    met: shared >= enoughWords * question.size,
    share: shared / question.size,
    reason: `${shared} of the question's ${question.size} words occur in it.`,
  };
}

function mentioning(criterion: string, subject: string): Finding {
  const wanted = new Set(termsOf(criterion));
  const shared = wanted.intersection(new Set(termsOf(subject))).size;
  const occurs = wanted.size > 0 && shared >= enoughWords * wanted.size;
  const unwanted = /\b(no|not|never|without|avoids?|free of)\b/i.test(criterion);
  const share = wanted.size === 0 ? 0 : shared / wanted.size;
  return {
    met: occurs !== unwanted,
    share: unwanted ? 1 - share : share,
    reason: `${shared} of the criterion's ${wanted.size} words occur in it.`,
  };
}

function declines(subject: string): boolean {
  return subject.includes(notAnswered) || subject.includes(noSources);
}

/** A text without quotation marks and sources in brackets; where a quotation ends, its paragraph ends too. */
function withoutMarks(text: string): string {
  return text
    .replaceAll(/["”] \[[^\]\n]*\]/g, '\n\n')
    .replaceAll(/\[[^\]\n]*\]/g, ' ')
    .replaceAll(/["“”]/g, ' ');
}

/** Verdicts as the JSON that the schema asks for. */
export function verdictsJson(schema: JsonObject, property: string, verdicts: readonly LexicalVerdict[]): Json {
  const fields = verdictFields(schema, property) ?? {};
  const typeOf = (name: string): Json | undefined => {
    const field = fields[name];
    return isObject(field) ? field.type : undefined;
  };
  return verdicts.map(({ criterion, met, share, reason }, index) => ({
    criterion: typeOf('criterion') === 'integer' ? index : criterion,
    met: typeOf('met') === 'number' ? Math.round(share * 100) / 100 : met,
    reason: `${reason} (Judged by words alone.)`,
  }));
}

/** A subject that is JSON, as the lines a person would read: its texts, each quotation with its source. */
function readable(subject: string): string {
  const json = jsonBlocksOf(subject)[0];
  if (json === undefined || json.start > 0 || json.end < subject.trimEnd().length) return subject;
  return linesOf(json.value).join('\n');
}

function linesOf(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isList(value)) return value.flatMap(linesOf);
  if (!isObject(value)) return [];
  const quote = value.quote ?? value.text;
  if (typeof quote === 'string' && typeof value.source === 'string') return [`"${quote}" [${value.source}]`];
  return Object.values(value).flatMap(linesOf);
}
