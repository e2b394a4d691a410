/** Workflows that show a pattern of agents, each against a model that plays its parts. */
import { startModelServer } from '@telos/testkit/model-server';
import type { ModelServer, ModelServerRequest, Reply } from '@telos/testkit/model-server';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { Line, TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
const servers: ModelServer[] = [];
beforeAll(() => {
  folder = telosFolder();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});
afterAll(() => folder.remove());

/** Runs one of them with a model that answers so. */
async function played(
  name: string,
  answer: (request: ModelServerRequest, turn: number) => Reply,
  inputs: readonly string[] = [],
): Promise<{
  readonly last: Line | undefined;
  readonly asked: readonly ModelServerRequest[];
  readonly lines: readonly Line[];
}> {
  const turnOf = ({ messages }: ModelServerRequest): number =>
    messages.filter(({ role }) => role === 'assistant').length;
  const server = await startModelServer({ fallback: (request) => answer(request, turnOf(request)) });
  servers.push(server);
  const words = inputs.flatMap((input) => ['--input', input]);
  const reached = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'scripted' };
  const { lines } = await folder.run(['run', `workflows/${name}.yaml`, ...words], reached);
  return { last: lines.at(-1), asked: server.requests.filter(({ messages }) => messages.length > 0), lines };
}

const isTold = ({ messages }: ModelServerRequest, text: string): boolean => messages[0]?.text.includes(text) === true;

describe('supervisor_and_workers', () => {
  it('hands its parts to a workflow and an agent at once, and answers from what both report', async () => {
    const sql = 'SELECT product FROM orders GROUP BY product ORDER BY sum(amount) DESC LIMIT 1';
    const { last, asked, lines } = await played('supervisor_and_workers', (request, turn) => {
      if (isTold(request, 'You answer a question with the help of others'))
        return turn === 0
          ? {
              toolCalls: [
                { name: 'workflow_ask_folder', input: { folder: 'docs', question: 'What happens to a killed run?' } },
                { name: 'analyst', input: { task: 'Which product brought in most?' } },
              ],
            }
          : { text: 'The espresso machine; and another worker takes the run.' };
      if (isTold(request, 'Answer from the database alone'))
        return turn === 0 ? { toolCalls: [{ name: 'shop_query', input: { sql } }] } : { text: 'The espresso machine.' };
      const quote = 'When the process that owns a run is killed, the run is not lost';
      if (JSON.stringify(request.schema ?? {}).includes('citations'))
        return {
          json: { answer: `It is not lost: "${quote}".`, citations: [{ quote, source: 'docs/architecture.md' }] },
        };
      return { json: { verdicts: [0, 1].map((criterion) => ({ criterion, met: true, reason: 'It does.' })) } };
    });
    expect(last).toMatchObject({
      status: 'succeeded',
      outputs: { answer: 'The espresso machine; and another worker takes the run.' },
    });
    const lead = asked.filter((request) => isTold(request, 'You answer a question'));
    expect(lead[0]?.tools).toEqual(['workflow_ask_folder', 'analyst']);
    expect(lead.at(-1)?.text).toContain('the run is not lost');
    expect(lead.at(-1)?.text).toContain('The espresso machine.');
    const analyst = asked.find((request) => isTold(request, 'Answer from the database alone'));
    expect(analyst?.messages.map(({ text }) => text)).not.toContainEqual(expect.stringContaining('killed'));
    const begun = lines.flatMap((line) => (line.type === 'step.started' ? [line['path']] : []));
    expect(begun).toEqual(expect.arrayContaining(['lead#2.call_1', 'lead#2.call_2', 'lead#2.call_2#2.call_1']));
  });
});

describe('hand_off', () => {
  it('has a colleague answer who sees what the customer wrote, and leaves simple questions at the desk', async () => {
    const sql = "SELECT sum(quantity) AS n FROM orders WHERE product LIKE '%kettle%'";
    const { last, asked } = await played('hand_off', (request) => {
      if (isTold(request, 'You are the front desk'))
        return { toolCalls: [{ name: 'orders', input: { task: 'Count the kettles.' } }] };
      return request.messages.some(({ role }) => role === 'tool')
        ? { text: 'So many kettles; ask anna.berg@acme.example.' }
        : { toolCalls: [{ name: 'shop_query', input: { sql } }] };
    });
    expect(last).toMatchObject({ status: 'succeeded', outputs: { reply: 'So many kettles; ask <EMAIL_1>.' } });
    expect(asked.map((request) => isTold(request, 'You are the front desk'))).toEqual([true, false, false]);
    expect(asked[0]?.tools).toEqual(['orders', 'complaints']);
    expect(asked[1]?.messages.map(({ text }) => text).slice(1)).toEqual([
      'How many kettles have been ordered so far?',
      'Count the kettles.',
    ]);
    const simple = await played('hand_off', () => ({ text: 'Good morning!' }), ['message=Good morning']);
    expect(simple.last).toMatchObject({ status: 'succeeded', outputs: { reply: 'Good morning!' } });
  });
});

describe('ruled_agent', () => {
  it('holds its model to the rules of the file: what it is shown, what it may ask for, and when it is done', async () => {
    const asking = (sql: string): Reply => ({ toolCalls: [{ name: 'shop_query', input: { sql } }] });
    const turns = [
      asking('SELECT * FROM orders'),
      asking('SELECT product, amount FROM orders'),
      { text: 'The espresso machine.' },
      { text: 'The espresso machine: SELECT product FROM orders ORDER BY amount DESC.' },
    ];
    let turn = 0;
    const { last, asked } = await played('ruled_agent', () => turns[turn++] ?? { text: '' });
    expect(last).toMatchObject({ status: 'succeeded', outputs: { answer: expect.stringContaining('SELECT product') } });
    const told = asked.map(({ messages }) => messages.at(-1)?.text);
    expect(told[0]).toMatch(/^The tables are .*CREATE TABLE orders/s);
    expect(told[1]).toBe('The call failed: Name the columns that you need. (CALL_REFUSED)');
    expect(told[2]).toMatch(/^\d+ rows, the first of them \{"product":/);
    expect(told[3]).toBe('Name the query that each figure comes from.');
  });
});

describe('reflect_and_revise', () => {
  const notes = ['It does not say how long.', 'It does not say how to rinse.'];

  it('writes anew by the notes of its reviewer until there are none', async () => {
    const { last, asked } = await played('reflect_and_revise', ({ schema, text }) => {
      if (schema === undefined)
        return { text: text.includes(notes[0] ?? '') ? 'Ten minutes; rinse twice.' : 'Use vinegar.' };
      return { json: { notes: text.includes('rinse twice') ? [] : notes } };
    });
    expect(last).toMatchObject({
      status: 'succeeded',
      outputs: { text: 'Ten minutes; rinse twice.', drafts: 2, open_notes: [] },
    });
    expect(asked).toHaveLength(4);
  });

  it('gives the last draft with the notes that are open when its drafts are used up', async () => {
    const { last } = await played('reflect_and_revise', ({ schema }) =>
      schema === undefined ? { text: 'Use vinegar.' } : { json: { notes } },
    );
    expect(last).toMatchObject({
      status: 'succeeded',
      outputs: { text: 'Use vinegar.', drafts: 3, open_notes: notes },
    });
  });
});

describe('debate', () => {
  it('has each side answer the other in every round, and a judge see all of it', async () => {
    let said = 0;
    const { last, asked } = await played('debate', (request) => {
      if (request.schema !== undefined)
        return { json: { reason: 'Nobody answered the third point.', side: 'against' } };
      said += 1;
      return { text: `Point ${said}.` };
    });
    expect(last).toMatchObject({
      status: 'succeeded',
      outputs: {
        side: 'against',
        said: ['For: Point 1.', 'Against: Point 2.', 'For: Point 3.', 'Against: Point 4.'],
      },
    });
    expect(asked[1]?.text).toContain('For: Point 1.');
    expect(asked[2]?.text).toContain('Against: Point 2.');
    expect(asked.at(-1)?.text).toContain('Against: Point 4.');
  });
});

describe('code_until_it_passes', () => {
  const right = `function solve(n) {
    const signs = [[1000,'M'],[900,'CM'],[500,'D'],[400,'CD'],[100,'C'],[90,'XC'],[50,'L'],[40,'XL'],[10,'X'],[9,'IX'],[5,'V'],[4,'IV'],[1,'I']];
    let text = '';
    for (const [value, sign] of signs) while (n >= value) { text += sign; n -= value; }
    return text;
  }`;

  it('mends code that is none, that throws and that is wrong, by what its tests say, until all pass', async () => {
    const drafts = [
      'function solve(n {',
      'function solve(n) { return roman(n); }',
      "function solve() { return 'IV'; }",
      right,
    ];
    let drafted = 0;
    const { last, asked } = await played('code_until_it_passes', () => ({ json: { code: drafts[drafted++] ?? '' } }));
    expect(last).toMatchObject({ status: 'succeeded', outputs: { code: right, drafts: 4 } });
    expect(asked[1]?.text).toMatch(/SyntaxError|Unexpected|missing|expected/i);
    expect(asked[2]?.text).toContain('solve(4) threw');
    expect(asked[3]?.text).toContain('solve(2026) gave \\"IV\\" and should give \\"MMXXVI\\"');
  });

  it('fails with code that never passes, and gives none', async () => {
    const { last } = await played('code_until_it_passes', () => ({
      json: { code: "function solve() { return ''; }" },
    }));
    expect(last).toMatchObject({ status: 'failed', error: { code: 'GATE_FAILED', path: 'passed' } });
  });
});
