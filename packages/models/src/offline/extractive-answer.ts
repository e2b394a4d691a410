/**
 * `offline/extractive`: a model without weights. It reads the question and the
 * sources in the prompt, ranks the sources' sentences by the question's words,
 * and answers with the best of them, quoted, each with its source. It never
 * writes a sentence of its own other than that it has found nothing.
 *
 * Deterministic: the same request gives the same answer. `temperature` means
 * nothing to it, offered tools are never called.
 */
import { TelosError } from '@telos/core';
import type { ChatPart, ChatRequest, Json, JsonSchema, Schemas } from '@telos/core';
import { estimatePromptTokens, estimateTokens } from '../estimate-tokens.ts';
import { isObject } from '../json/json-kind.ts';
import { bestOf, extract, quoteOf, writtenAnswer } from './extract.ts';
import type { Extraction } from './extract.ts';
import { fillSchema } from './fill-schema.ts';
import { criteriaOf, judge, verdictsJson, verdictsProperty } from './judge.ts';
import { readPrompt } from './read-prompt.ts';

const ref = 'offline/extractive';

export async function* extractiveAnswer(
  request: ChatRequest,
  schemas: Schemas,
  signal: AbortSignal,
): AsyncGenerator<ChatPart> {
  signal.throwIfAborted();
  const pieces = request.schema === undefined ? textPieces(request) : [valueText(request, request.schema, schemas)];
  for (const text of pieces) yield { type: 'text', text };
  signal.throwIfAborted();
  yield {
    type: 'finish',
    reason: 'stop',
    inputTokens: estimatePromptTokens(request.messages),
    outputTokens: estimateTokens(pieces.join('')),
    estimated: true,
  };
}

/** The answer line by line; lines that `maxTokens` has no room for are left out, save the first. */
function textPieces(request: ChatRequest): readonly string[] {
  const extraction = extract(readPrompt(request.messages));
  const quoted = bestOf(extraction.fitting);
  if (quoted.length === 0) return [writtenAnswer(extraction)];
  const pieces: string[] = [];
  let room = request.maxTokens ?? Infinity;
  for (const [index, passage] of quoted.entries()) {
    const piece = `${index === 0 ? '' : '\n'}${quoteOf(passage)}`;
    room -= estimateTokens(piece);
    if (index > 0 && room < 0) break;
    pieces.push(piece);
  }
  return pieces;
}

/** @throws TelosError OUTPUT_INVALID (terminal: asking again gives the same) when extraction cannot fill the schema. */
function valueText(request: ChatRequest, schema: JsonSchema, schemas: Schemas): string {
  const prompt = readPrompt(request.messages);
  const property = verdictsProperty(schema);
  const extraction = extract(prompt);
  const lacking: string[] = [];
  const value =
    property === undefined
      ? fillSchema(schema, { extraction, root: schema, name: '', depth: 0, lacking })
      : judged(schema, property, extraction);
  if (value === undefined) throw needsModel(`the prompt holds nothing for ${lacking[0] ?? 'what it asks'}`);
  const issue = schemas.issues(schema, value)[0];
  if (issue !== undefined) throw needsModel(`${issue.path === '' ? '' : `${issue.path}: `}${issue.message}`);
  return JSON.stringify(value);
}

function judged(schema: JsonSchema, property: string, extraction: Extraction): Json {
  const { prompt } = extraction;
  const criteria = criteriaOf(schema, property, prompt);
  if (criteria.length === 0) throw needsModel('the prompt names no criteria to judge by');
  if (prompt.subject === undefined) throw needsModel('the prompt marks no text to judge, as in <answer>...</answer>');
  const verdicts = verdictsJson(schema, property, judge(criteria, prompt.subject, prompt));
  const { [property]: _verdicts, ...others } = isObject(schema.properties) ? schema.properties : {};
  const rest = fillSchema(
    { ...schema, properties: others, required: [] },
    { extraction, root: schema, name: '', depth: 0, lacking: [] },
  );
  return { ...(isObject(rest) ? rest : {}), [property]: verdicts };
}

function needsModel(reason: string): TelosError {
  return new TelosError('OUTPUT_INVALID', `${ref} extracts and cannot fill this schema: ${reason}.`, {
    kind: 'terminal',
    next: 'Name a real model for this step, give it sources that answer, or loosen what the schema requires.',
    details: { model: ref, reason },
  });
}
