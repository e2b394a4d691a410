import type { Json, JsonSchema } from '@telos/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listen, testModels, testSchemas, user } from '../testing/test-models.ts';
import { sentencesOf } from './sentences.ts';
import { passagesOf, sourcesInJson } from './source.ts';

const models = testModels();
const model = 'offline/extractive';

const word = fc.constantFrom(
  ...'delivery refund card day gift box key red blue price costs takes within 12.50 30 e.g. [1] Dr. "quoted" <b> C++ — été 北京。'.split(
    ' ',
  ),
);
const end = fc.constantFrom('. ', '? ', '! ', '.\n', '\n', '\n\n', '\n- ', '\n# ', '\n| ', '; ', '');
const prose = fc
  .array(fc.tuple(fc.array(word, { minLength: 1, maxLength: 9 }), end), { minLength: 1, maxLength: 12 })
  .map((sentences) => sentences.map(([words, stop]) => words.join(' ') + stop).join(''));
const texts = fc.array(fc.oneof(prose, fc.string({ unit: 'grapheme', maxLength: 200 })), {
  minLength: 1,
  maxLength: 4,
});
const question = fc
  .array(word, { minLength: 1, maxLength: 5 })
  .map((words) => `What about ${words.join(' ')}`.replaceAll(/[<"[]/g, ''));

const promptOf = (ask: string, sources: readonly string[]): string =>
  `Answer from the passages.\nQuestion: ${ask}\n${JSON.stringify(sources.map((text, n) => ({ source: `s${n}.md`, text })))}`;

const citation = {
  type: 'object',
  properties: { quote: { type: 'string' }, source: { type: 'string' } },
  required: ['quote', 'source'],
};
const cited: JsonSchema = {
  type: 'object',
  properties: { answer: { type: 'string' }, citations: { type: 'array', items: citation } },
  required: ['answer', 'citations'],
};

describe('offline/extractive', () => {
  it('only ever quotes sentences that stand verbatim in the source it names', async () => {
    let quoted = 0;
    await fc.assert(
      fc.asyncProperty(question, texts, async (ask, sources) => {
        const answer = await models.generate(
          { model, messages: user(promptOf(ask, sources)), schema: cited },
          listen(),
        );
        const { citations } = answer.value as { citations: { quote: string; source: string }[] }; // fits the schema
        for (const { quote, source } of citations) {
          quoted += 1;
          expect(sources[Number(/\d+/.exec(source)?.[0])]).toContain(quote);
        }
      }),
      { numRuns: 300 },
    );
    expect(quoted).toBeGreaterThan(100);
  });

  it('says nothing in words but those quotes and their sources, or that there is no answer', async () => {
    await fc.assert(
      fc.asyncProperty(question, texts, async (ask, sources) => {
        let { text } = await models.generate({ model, messages: user(promptOf(ask, sources)) }, listen());
        if (/^(The sources do not answer this|There are no sources here to answer from)\.$/.test(text)) return;
        const known = sources.flatMap((source, n) =>
          sentencesOf(source).map((sentence) => `"${sentence.text}" [s${n}.md]`),
        );
        for (const quote of known.toSorted((left, right) => right.length - left.length))
          text = text.replaceAll(quote, '');
        expect(text.trim()).toBe('');
      }),
      { numRuns: 300 },
    );
  });

  it('splits any text into sentences that stand in it, in order', () => {
    fc.assert(
      fc.property(fc.oneof(prose, fc.string({ unit: 'binary', maxLength: 300 })), (text) => {
        let from = 0;
        for (const sentence of sentencesOf(text)) {
          const at = text.indexOf(sentence.text, from);
          expect(at).toBeGreaterThanOrEqual(from);
          from = at + sentence.text.length;
        }
      }),
    );
  });

  it('reads any JSON for sources without failing, each passage standing in its source', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        for (const { text, source } of passagesOf(sourcesInJson(value as Json, 'data')))
          expect(source.text).toContain(text);
      }),
    );
  });

  it('gives what fits the schema, or says that it cannot, for any schema of these parts', async () => {
    const leaf = fc.constantFrom<JsonSchema>(
      { type: 'string' },
      { type: 'string', maxLength: 12 },
      { type: 'integer', minimum: 5 },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'string', format: 'date' },
      { enum: ['red', 'blue'] },
      { type: ['string', 'null'], minLength: 30 },
    );
    const name = fc.constantFrom('answer', 'summary', 'price', 'source', 'title', 'days', 'x');
    const part: fc.Arbitrary<JsonSchema> = fc.letrec<{ part: JsonSchema }>((tie) => ({
      part: fc.oneof(
        { maxDepth: 3 },
        leaf,
        fc
          .record({ items: tie('part'), minItems: fc.nat(2) })
          .map(({ items, minItems }) => ({ type: 'array', items, minItems })),
        fc
          .dictionary(name, tie('part'), { maxKeys: 3 })
          .map((properties) => ({ type: 'object', properties: { ...properties }, required: Object.keys(properties) })),
      ),
    })).part;
    await fc.assert(
      fc.asyncProperty(part, question, texts, async (schema, ask, sources) => {
        try {
          const { value = null } = await models.generate(
            { model, messages: user(promptOf(ask, sources)), schema },
            listen(),
          );
          expect(testSchemas.issues(schema, value)).toEqual([]);
        } catch (error) {
          expect(error).toMatchObject({ code: 'OUTPUT_INVALID', kind: 'terminal' });
        }
      }),
      { numRuns: 200 },
    );
  });
});
