import { z } from 'zod';
import { defineCheck, errorVerdict, quoted } from '../define-check.ts';
import type { Json } from '@telos/core';
import { fieldsOf } from '../text/fields-of.ts';
import { quotationsOf } from '../text/quotations.ts';
import { sourceTexts } from '../text/source-passages.ts';

const Params = z.strictObject({
  against: z
    .json()
    .optional()
    .describe('Where the quotations must stand; without it, the outputs of the steps that were read.'),
  min: z.int().min(0).max(1000).default(1).describe('How many quotations there must be, at least.'),
  min_words: z
    .int()
    .min(1)
    .default(3)
    .describe('Shorter ones are taken for words in quotation marks, not for quotations.'),
});

/** Each is looked up in every source. More than this many are not checked at all. */
const mostQuotations = 200;

/** Score: the part of the quotations that is verbatim; when there are too few, the part of `min` if that is less. */
export const quotes = defineCheck<z.infer<typeof Params>>({
  name: 'quotes',
  description:
    'Every quoted passage must stand word for word in the sources; blanks and the style of quotation marks do not matter.',
  params: Params,
  needs: 'local',
  async score({ value, text, sources }, { against, min, min_words: minWords }, { signal }) {
    const texts = sourceTexts(against, sources).map(({ source, text }) => ({ source, text: plain(text) }));
    if (texts.length === 0)
      return errorVerdict('There are no sources to look quotations up in: give `against`, or read a step.');
    const sourceOf = (quotation: string): string | undefined => {
      signal.throwIfAborted();
      const parts = plain(quotation)
        .split(/\s*(?:\[(?:…|\.\.\.)\]|…|\.\.\.)\s*/)
        .filter((part) => part !== '');
      return texts.find(({ text }) => standInOrder(text, parts))?.source;
    };
    const long = (quotation: string): boolean => plain(quotation).split(' ').length >= minWords;
    const stands = (quotation: string): boolean => long(quotation) && sourceOf(quotation) !== undefined;
    const found = quotationsIn(value, text, stands)
      .filter(long)
      .map((quotation) => ({ quotation, source: sourceOf(quotation) }));
    if (found.length > mostQuotations)
      return errorVerdict(`The output has more than ${mostQuotations} quotations; they were not checked.`);

    const invented = found.filter(({ source }) => source === undefined);
    const verbatim = found.length - invented.length;
    const evidence = found.slice(0, 50).map(({ quotation, source }) => ({
      quotation: quotation.slice(0, 500).toWellFormed(),
      verbatim: source !== undefined,
      ...(source === undefined ? {} : { source }),
    }));
    const part = found.length === 0 ? 1 : verbatim / found.length;
    const score = min === 0 ? part : Math.min(part, verbatim / min);
    if (invented.length > 0) {
      const shown = invented
        .slice(0, 3)
        .map(({ quotation }) => quoted(quotation))
        .join(', ');
      return {
        score,
        verdict: 'fail',
        reason: `${invented.length} of ${found.length} quotations do not stand in the sources: ${shown}. Quote word for word, or without quotation marks.`,
        evidence,
      };
    }
    if (found.length < min) {
      return {
        score,
        verdict: 'fail',
        reason: `The output quotes ${found.length} passages; at least ${min} are wanted.`,
        evidence,
      };
    }
    return {
      score: 1,
      verdict: 'pass',
      reason: `All ${found.length} quotations stand in the sources word for word.`,
      evidence,
    };
  },
});

/** Names of fields whose whole text is a quotation: `citations: [{ quote, source }]`. */
const quotingFields: ReadonlySet<string> = new Set(['quote', 'quotes', 'quotation', 'quotations']);

/** Of prose, what stands in quotation marks; of a structured value, that of each of its texts, and its fields that hold quotations. */
function quotationsIn(value: Json, text: string, verbatim: (quotation: string) => boolean): readonly string[] {
  const most = mostQuotations + 1;
  const isProse = typeof value !== 'object' || value === null || ('text' in value && value.text === text);
  if (isProse) return quotationsOf(text, verbatim, most);
  const found: string[] = [];
  for (const field of fieldsOf(value)) {
    if (found.length >= most) break;
    if (quotingFields.has(field.name)) found.push(field.text);
    else found.push(...quotationsOf(field.text, verbatim, most - found.length));
  }
  return found;
}

/** Blanks and quotation marks in one form, and no mark at the end that belongs to the sentence around the quotation. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[.,;:]$/, '');
}

/** Parts between ellipses must follow one another in one source. */
function standInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return parts.length > 0;
}
