/**
 * What a prompt says, as far as that can be told without understanding it: the
 * question, the sources, and for a judge the criteria and the text to judge.
 *
 * Conventions, the first that applies to a piece of the prompt:
 *
 *   <source name="a.md">...</source>   also document, passage, file, result, context;
 *                                      named by name, source, title, url, path, file or id
 *   <question>, <criteria>, <answer>   also output, subject, candidate, response for the text to judge
 *   JSON in the text, fenced or not    see sourcesInJson; `question`, `query`, `objective`, `criteria`,
 *                                      `rubric` and `answer` at its top are what they are called; `task` is what was
 *                                      asked for, and `reference` is left alone
 *   Facts: [JSON]                      a label on the line before JSON names what in it has no name; under Facts, Notes,
 *                                      List, Data, Figures or Findings it is the matter itself: where no sentence shares
 *                                      enough words with the question, the central ones are given
 *   Question: ...                      also Query, Topic, Objective, Task
 *   plain paragraphs                   sources when the prompt has none of the above; a line `# name`,
 *                                      `Source: name` or `[name]` names those below it
 *
 * What is left is the instruction. Without a question of any form the
 * instruction's own words are what sentences are ranked by.
 */
import type { ChatMessage, Json } from '@telos/core';
import { isList, isObject } from '../json/json-kind.ts';
import { jsonBlocksOf } from './json-blocks.ts';
import { paragraphSources } from './paragraph-sources.ts';
import { sourcesInJson } from './source.ts';
import type { Source } from './source.ts';
import { tagsOf } from './tags.ts';
import type { Tag } from './tags.ts';

export type Prompt = {
  /** '' when none was found. */
  readonly question: string;
  /** Everything that is neither question nor source. */
  readonly instruction: string;
  readonly sources: readonly Source[];
  /** The sources are what the answer is about, not what a search brought up. */
  readonly isMatter: boolean;
  readonly criteria: readonly string[];
  /** The text to judge. */
  readonly subject?: string;
};

const subjectFields = ['answer', 'output', 'subject', 'candidate', 'response'];
const questionFields = ['question', 'query', 'objective'];
const criteriaFields = ['criteria', 'rubric'];
const matter = /^(facts|notes|list|data|figures|findings)$/;

type Draft = {
  question: string;
  sources: Source[];
  isMatter: boolean;
  criteria: string[];
  subject: string | undefined;
};

export function readPrompt(messages: readonly ChatMessage[]): Prompt {
  const draft: Draft = { question: '', sources: [], isMatter: false, criteria: [], subject: undefined };
  const prose: { readonly role: ChatMessage['role']; readonly text: string }[] = [];
  for (const { role, text } of messages) {
    // What the model said before is no source: it would quote itself.
    if (role !== 'assistant')
      prose.push({ role, text: takeMarkedParts(text, role === 'tool' ? 'tool' : 'data', draft) });
  }
  const asked = prose.filter(({ role }) => role === 'user').map(({ text }) => text);
  if (draft.sources.length === 0 && draft.subject === undefined) {
    const plain = paragraphSources(asked.join('\n\n'));
    draft.sources.push(...plain.sources);
    if (draft.question === '') draft.question = questionIn([plain.rest]);
    return { ...promptOf(draft), instruction: plain.rest };
  }
  if (draft.question === '') draft.question = questionIn(asked);
  if (draft.criteria.length === 0) draft.criteria = prose.flatMap(({ text }) => listUnder(/criteria|rubric/i, text));
  return { ...promptOf(draft), instruction: asked.join('\n') };
}

function promptOf({ question, sources, isMatter, criteria, subject }: Draft): Omit<Prompt, 'instruction'> {
  return { question, sources, isMatter, criteria, ...(subject === undefined ? {} : { subject }) };
}

/** Moves tagged parts and JSON from a text into the draft; gives what is left. What begins first holds what is inside it. */
function takeMarkedParts(text: string, name: string, draft: Draft): string {
  const tags = tagsOf(text).map((tag) => ({ start: tag.start, end: tag.end, take: () => takeTag(tag, draft) }));
  const blocks = jsonBlocksOf(text).map((block) => ({
    start: block.start,
    end: block.end,
    take: () => takeJson(block.value, labelBefore(text, block.start), name, draft),
  }));
  let rest = '';
  let from = 0;
  for (const { start, end, take } of [...tags, ...blocks].sort((left, right) => left.start - right.start)) {
    if (start < from || !take()) continue;
    rest += text.slice(from, start);
    from = end;
  }
  return (rest + text.slice(from)).replaceAll(/```[a-z]*\s*```/gi, '');
}

function takeTag({ kind, attributes, content }: Tag, draft: Draft): true {
  const body = content.trim();
  if (kind === 'question') draft.question = body;
  else if (kind === 'criteria' || kind === 'rubric') draft.criteria.push(...criteriaOf(body));
  else if (subjectFields.includes(kind)) draft.subject = body;
  else {
    const attribute = /\b(?:name|source|title|url|path|file|id)\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes);
    const name = attribute?.[1] ?? attribute?.[2] ?? `${kind} ${draft.sources.length + 1}`;
    const json = jsonBlocksOf(body)[0];
    if (json !== undefined && json.start === 0 && json.end === body.length) {
      draft.sources.push(...sourcesInJson(json.value, name));
    } else {
      draft.sources.push({ name, text: content });
    }
  }
  return true;
}

/** Gives false, and takes nothing, when there is nothing in the value to quote or to go by: `[1]` is a mark in a text. */
function takeJson(value: Json, label: string | undefined, name: string, draft: Draft): boolean {
  const left = takeNamedFields(value, draft);
  const sources = sourcesInJson(left, label ?? name);
  if (label !== undefined && matter.test(label)) draft.isMatter = true;
  draft.sources.push(...sources);
  return left !== value || sources.length > 0;
}

/** Moves `question`, `criteria` and `answer` at the top of a JSON value into the draft; gives what is left, or the value itself. */
function takeNamedFields(value: Json, draft: Draft): Json {
  if (value === null || typeof value !== 'object' || isList(value)) return value;
  // Without sources or criteria beside them, these are fields of a record like any other.
  if (!Object.values(value).some((field) => typeof field === 'object' && field !== null)) return value;
  const left: Record<string, Json> = {};
  for (const [key, field] of Object.entries(value)) {
    if (questionFields.includes(key) && typeof field === 'string') draft.question = field;
    else if (criteriaFields.includes(key) && isList(field)) draft.criteria.push(...field.map(criterionText));
    else if (subjectFields.includes(key) && typeof field === 'string') draft.subject = field;
    else if (key === 'task') {
      if (draft.question === '') draft.question = questionIn(textsIn(field));
    } else if (key !== 'reference') left[key] = field;
  }
  return Object.keys(left).length === Object.keys(value).length ? value : left;
}

function criteriaOf(body: string): readonly string[] {
  const json = jsonBlocksOf(body)[0];
  if (json !== undefined && json.start === 0 && isList(json.value)) return json.value.map(criterionText);
  return body
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*•]|\d{1,3}[.)])\s+/, '').trim())
    .filter((line) => line !== '');
}

function criterionText(criterion: Json): string {
  if (typeof criterion === 'string') return criterion;
  const named = isObject(criterion) ? (criterion.criterion ?? criterion.text ?? criterion.name) : undefined;
  return typeof named === 'string' ? named : JSON.stringify(criterion);
}

/** The items of the list that follows a line which names it and ends with a colon. */
function listUnder(name: RegExp, text: string): readonly string[] {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => name.test(line) && line.trimEnd().endsWith(':'));
  if (head < 0) return [];
  const items: string[] = [];
  for (const line of lines.slice(head + 1)) {
    const item = /^\s*(?:[-*•]|\d{1,3}[.)])\s+(.+)$/.exec(line)?.[1];
    if (item !== undefined) items.push(item.trim());
    else if (line.trim() !== '' || items.length > 0) break;
  }
  return items;
}

/** The label on the line before JSON, in lower case: `Facts:`, or `Facts:` and a fence. */
function labelBefore(text: string, start: number): string | undefined {
  const before = text.slice(Math.max(0, start - 60), start);
  return /(?:^|\n)[ \t]*(\p{L}[\p{L} ]{1,30}):\s*(?:```[a-z]*\s*)?$/u.exec(before)?.[1]?.toLowerCase();
}

/** Every text in a JSON value. */
function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((field: Json) => textsIn(field));
}

const questionForms: readonly ((text: string) => string | undefined)[] = [
  (text) => /^[ \t]*(?:question|query|topic|objective|task)[ \t]*:[ \t]*(\S.*)$/im.exec(text)?.[1],
  (text) => /["“]([^"“”]{3,400}\?)["”]/.exec(text)?.[1],
  (text) => text.match(/[^.!?\n]{3,400}\?/g)?.at(-1),
];

/**
 * The question in several texts: labelled before quoted, quoted before a sentence
 * that ends in a question mark, and of each form the last; '' when there is none.
 */
function questionIn(texts: readonly string[]): string {
  for (const form of questionForms) {
    const found = texts.map(form).findLast((each) => each !== undefined);
    if (found !== undefined) return found.trim();
  }
  return '';
}
