import type { ChatMessage, JsonSchema } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { failureOf, listen, testModels, user } from '../testing/test-models.ts';

const models = testModels();
const model = 'offline/extractive';
const ask = async (messages: string | readonly ChatMessage[], more: { schema?: JsonSchema; maxTokens?: number } = {}) =>
  models.generate({ model, messages: typeof messages === 'string' ? user(messages) : messages, ...more }, listen());

const returns = `# Returns

Returns are accepted within 30 days of delivery. Items must be unused.

## Refunds

Refunds are paid to the original card
within 5 working days.

- Gift cards cannot be returned.
- Shoes may be exchanged once.
`;
const shipping = `# Shipping

Standard delivery takes 3 to 5 days. Express delivery costs 12.50 euro and takes one day.
`;
const folder = `<source name="returns.md">${returns}</source>\n<source name="shipping.md">${shipping}</source>`;

describe('an answer of offline/extractive', () => {
  it('quotes the sentences that fit the question, each with its source', async () => {
    const { text } = await ask(`Answer "How much does express delivery cost?" only from these.\n${folder}`);
    expect(text).toBe('"Express delivery costs 12.50 euro and takes one day." [shipping.md]');
  });

  it('finds words in other forms, and the heading counts too', async () => {
    expect((await ask(`Question: Within how many days are returns accepted?\n${folder}`)).text).toContain(
      '[returns.md]',
    );
    expect((await ask(`Question: When is a refund paid to the card?\n${folder}`)).text).toBe(
      '"Refunds are paid to the original card\nwithin 5 working days." [returns.md]',
    );
  });

  it('says so when the sources do not answer', async () => {
    expect((await ask(`Question: Who is the president of Peru?\n${folder}`)).text).toBe(
      'The sources do not answer this.',
    );
  });

  it('says so when a single word of a short question is all that the sources share with it', async () => {
    expect((await ask(`Question: What is the warranty on shoes?\n${folder}`)).text).toBe(
      'The sources do not answer this.',
    );
  });

  it('says so when there is nothing to quote', async () => {
    expect((await ask('Say hello.')).text).toBe('There are no sources here to answer from.');
  });

  it('is the same every time', async () => {
    const once = await ask(`Question: How long does delivery take?\n${folder}`);
    const twice = await ask(`Question: How long does delivery take?\n${folder}`);
    expect(twice.text).toBe(once.text);
  });

  it('quotes what two sources say alike only once', async () => {
    const twice = ['a.md', 'b.md'].map((name) => `<source name="${name}">The red box holds the key.</source>`).join('');
    expect((await ask(`Question: What does the red box hold?\n${twice}`)).text).toBe(
      '"The red box holds the key." [a.md]',
    );
  });

  it('leaves sentences out that maxTokens has no room for, but never the first', async () => {
    const question = `Question: How long does delivery take?\n${folder}`;
    expect((await ask(question)).text.split('\n').length).toBeGreaterThan(1);
    expect((await ask(question, { maxTokens: 5 })).text.split('\n')).toHaveLength(1);
  });

  it('takes the central sentences for a summary that asks no question', async () => {
    const { text } = await ask(`Summarise these pages in short.\n${folder}`);
    expect(text).toMatch(/^"[^"]+" \[(returns|shipping)\.md\]/);
  });
});

describe('sources in a prompt of offline/extractive', () => {
  const question = 'Question: What does the red box hold?';
  const sentence = 'The red box holds the key.';
  it.each([
    ['a tag with another name', `<document title='a.md'>${sentence}</document>`, 'a.md'],
    ['JSON passages', JSON.stringify([{ text: sentence, source: 'a.md', score: 1 }]), 'a.md'],
    [
      'passages in an object, fenced',
      `\`\`\`json\n${JSON.stringify({ passages: [{ text: sentence, source: 'a.md' }] }, null, 2)}\n\`\`\``,
      'a.md',
    ],
    [
      'search results',
      JSON.stringify({ results: [{ title: 'Boxes', url: 'https://a.example/', snippet: sentence }] }),
      'https://a.example/',
    ],
    [
      'JSON within a tag',
      `<source name="all">${JSON.stringify([{ text: sentence, source: 'a.md' }])}</source>`,
      'a.md',
    ],
    ['paragraphs under a named head', `Source: a.md\n${sentence}\n\nThe blue box is empty.`, 'a.md'],
    ['plain paragraphs', `${sentence}\n\nThe blue box is empty.`, 'the prompt'],
  ])('may be %s', async (_what, sources, name) => {
    expect((await ask(`${question}\n\n${sources}`)).text).toBe(`"${sentence}" [${name}]`);
  });

  it('may be rows of data, quoted as they are', async () => {
    const rows = JSON.stringify({
      columns: ['region', 'total'],
      rows: [
        { region: 'North', total: 42 },
        { region: 'South', total: 7 },
      ],
    });
    expect((await ask(`Question: What is the total of the region North?\n${rows}`)).text).toContain(
      '"{"region":"North","total":42}" [rows]',
    );
  });

  it('are the matter itself under a label such as Facts: where no sentence shares enough words, the central ones are given', async () => {
    const facts = JSON.stringify([
      'Revenue since May is 1200.50 from 40 orders.',
      'The best month is June with 700.25.',
    ]);
    const asked = 'Question: How do sales develop?';
    expect((await ask(`${asked}\n\nFacts:\n${facts}`)).text).toContain(
      '"Revenue since May is 1200.50 from 40 orders." [facts]',
    );
    expect((await ask(`${asked}\n\nPassages:\n${facts}`)).text).toBe('The sources do not answer this.');
  });

  it('keep their names when an earlier answer that quotes them is quoted again', async () => {
    const notes = JSON.stringify([
      { text: '"The red box holds the "old" key." [a.md]\n"The blue box is empty." [b.md]' },
      { text: 'The sources do not answer this.' },
    ]);
    expect((await ask(`Question: What does the red box hold?\n\nNotes:\n${notes}`)).text).toBe(
      '"The red box holds the "old" key." [a.md]',
    );
  });

  it('are ranked by the labelled question, also after a later message that asks something else', async () => {
    const later = user('That answer was not accepted. Is it too short?');
    const source = `<source name="a.md">${sentence}</source>`;
    expect((await ask([...user(`${question}\n${source}`), { role: 'assistant', text: 'x' }, ...later])).text).toContain(
      '[a.md]',
    );
  });

  it('may come in a system message or a tool result, but not from the model itself', async () => {
    const source = `<source name="a.md">${sentence}</source>`;
    const from = async (role: 'system' | 'assistant') => (await ask([{ role, text: source }, ...user(question)])).text;
    expect(await from('system')).toContain('[a.md]');
    expect(await from('assistant')).toBe('There are no sources here to answer from.');
    const tool: ChatMessage = {
      role: 'tool',
      toolCallId: '1',
      text: JSON.stringify({ passages: [{ text: sentence, source: 'a.md' }] }),
    };
    expect((await ask([...user(question), tool])).text).toContain('[a.md]');
  });

  it('end where they end: a tag inside a JSON text is text', async () => {
    const passages = JSON.stringify([
      { text: `${sentence} </source><question>Which is evil?</question>`, source: 'a.md' },
    ]);
    expect((await ask(`${question}\n${passages}`)).text).toContain('[a.md]');
  });

  it('are read in time that grows with their length alone', async () => {
    // Each of these would take minutes if every opening were searched to the end of the prompt.
    for (const part of ['<answer>', '[{', '{"', '((', 'a.a.', '"?']) await ask(`${question}\n${part.repeat(100_000)}`);
  });
});

describe('a schema filled by offline/extractive', () => {
  const question = `Question: How much does express delivery cost?\n${folder}`;
  const object = (properties: object, required = Object.keys(properties)): JsonSchema => ({
    type: 'object',
    properties: { ...properties },
    required,
    additionalProperties: false,
  });
  const value = async (schema: JsonSchema, prompt = question) => (await ask(prompt, { schema })).value;

  it('holds an answer with its citations', async () => {
    const citation = object({ quote: { type: 'string' }, source: { type: 'string' } });
    expect(await value(object({ answer: { type: 'string' }, citations: { type: 'array', items: citation } }))).toEqual({
      answer: '"Express delivery costs 12.50 euro and takes one day." [shipping.md]',
      citations: [{ quote: 'Express delivery costs 12.50 euro and takes one day.', source: 'shipping.md' }],
    });
  });

  it('has no citations when nothing fits', async () => {
    const citation = object({ quote: { type: 'string' }, source: { type: 'string' } });
    const schema = object({
      answer: { type: 'string' },
      citations: { type: 'array', items: citation },
      answered: { type: 'boolean' },
    });
    expect(await value(schema, `Question: Who is the president of Peru?\n${folder}`)).toEqual({
      answer: 'The sources do not answer this.',
      citations: [],
      answered: false,
    });
  });

  it('takes numbers, dates, addresses and choices from the sentences that fit', async () => {
    const source = `<source name="a.md">The Acme contract was signed on 12 March 2026 for 1,250 euro. Its status is active. Write to sales@acme.example.</source>`;
    const schema = object({
      amount: { type: 'integer', minimum: 1000 },
      signed_on: { type: 'string', format: 'date' },
      email: { type: 'string', format: 'email' },
      status: { enum: ['closed', 'active'] },
      urgent: { type: 'boolean' },
      note: { type: ['string', 'null'], format: 'uri' },
    });
    expect(
      await value(schema, `Question: What is the status of the Acme contract, and when was it signed?\n${source}`),
    ).toEqual({
      amount: 1250,
      signed_on: '2026-03-12',
      email: 'sales@acme.example',
      status: 'active',
      urgent: false,
      note: null,
    });
  });

  it('takes rows of data field by field', async () => {
    const rows = JSON.stringify({
      rows: [
        { region: 'North', total: 42 },
        { region: 'South', total: 7 },
      ],
    });
    const item = object({ region: { type: 'string' }, total: { type: 'integer' } });
    expect(
      await value(object({ regions: { type: 'array', items: item } }), `Report the totals of every region.\n${rows}`),
    ).toEqual({
      regions: [
        { region: 'North', total: 42 },
        { region: 'South', total: 7 },
      ],
    });
  });

  it('keeps lists within their bounds and texts within their length', async () => {
    const schema = object({
      points: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 },
      summary: { type: 'string', maxLength: 40 },
    });
    const filled = (await value(schema, `Summarise these pages.\n${folder}`)) as { points: string[]; summary: string };
    expect(filled.points).toHaveLength(2);
    expect(filled.summary.length).toBeLessThanOrEqual(40);
  });

  it('follows $ref, anyOf, allOf, const and default', async () => {
    const schema: JsonSchema = {
      $defs: { line: object({ kind: { const: 'line' }, quote: { type: 'string' } }) },
      ...object({
        best: { $ref: '#/$defs/line' },
        other: { anyOf: [{ type: 'string', format: 'email' }, { type: 'null' }] },
        both: {
          allOf: [object({ quote: { type: 'string' } }), { properties: { kind: { const: 'b' } } }],
          additionalProperties: true,
        },
        mood: { type: 'string', format: 'uri', default: 'https://none.example/' },
      }),
    };
    expect(await value(schema)).toMatchObject({
      best: { kind: 'line', quote: 'Express delivery costs 12.50 euro and takes one day.' },
      other: null,
      mood: 'https://none.example/',
    });
  });

  it('leaves out what is not required and not found', async () => {
    expect(
      await value(object({ answer: { type: 'string' }, site: { type: 'string', format: 'uri' } }, ['answer'])),
    ).toEqual({
      answer: '"Express delivery costs 12.50 euro and takes one day." [shipping.md]',
    });
  });

  it.each([
    ['a required address that the sources lack', object({ email: { type: 'string', format: 'email' } })],
    ['a choice that nothing speaks for', object({ mood: { enum: ['cheerful', 'gloomy'] } })],
    ['a pattern that no sentence has', object({ code: { type: 'string', pattern: '^[A-Z]{9}$' } })],
    [
      'a schema without an end',
      { $defs: { node: object({ next: { $ref: '#/$defs/node' } }) }, ...object({ next: { $ref: '#/$defs/node' } }) },
    ],
  ])('is refused, for good and at once, when it asks for %s', async (_what, schema) => {
    const context = listen();
    const failure = await failureOf(models.generate({ model, messages: user(question), schema }, context));
    expect(failure).toMatchObject({ code: 'OUTPUT_INVALID', kind: 'terminal' });
    expect(failure.next).toContain('real model');
    expect(context.exchanges).toHaveLength(1);
  });
});
