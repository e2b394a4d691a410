// A server of the Model Context Protocol in one file, without packages: JSON lines on stdin and stdout (version 2025-11-25).
// It keeps notes in memory. Start it by hand with `node notes-server.mjs`, or let Telos do it: notes.yaml beside it.
import { createInterface } from 'node:readline';

const notes = ['Leases lapse on their own.', 'The journal is the truth.', 'A queue is a doorbell.'];

const tools = [
  {
    name: 'find',
    description: 'Finds notes that hold a word.',
    inputSchema: {
      type: 'object',
      properties: { word: { type: 'string' } },
      required: ['word'],
      additionalProperties: false,
    },
    outputSchema: {
      type: 'object',
      properties: { notes: { type: 'array', items: { type: 'string' } } },
      required: ['notes'],
    },
    annotations: { readOnlyHint: true },
    run({ word }) {
      const found = notes.filter((note) => note.toLowerCase().includes(word.toLowerCase()));
      return { content: [{ type: 'text', text: found.join('\n') }], structuredContent: { notes: found } };
    },
  },
  {
    name: 'add',
    description: 'Adds a note.',
    inputSchema: { type: 'object', properties: { text: { type: 'string', minLength: 1 } }, required: ['text'] },
    run({ text }) {
      notes.push(text);
      return { content: [{ type: 'text', text: `There are ${notes.length} notes.` }] };
    },
  },
];

const methods = {
  initialize: () => ({
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'notes', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({ tools: tools.map(({ run: _, ...tool }) => tool) }),
  'tools/call': ({ name, arguments: given = {} }) => {
    const tool = tools.find((one) => one.name === name);
    return tool?.run(given) ?? { content: [{ type: 'text', text: `There is no tool ${name}.` }], isError: true };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue; // a notification
  const answer = methods[method];
  const rest =
    answer === undefined
      ? { error: { code: -32601, message: `There is no method ${method}.` } }
      : { result: answer(params ?? {}) };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...rest })}\n`);
}
