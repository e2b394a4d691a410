/** Tools and checks with the inputs of the real ones, which do nothing. */
import { z } from 'zod';
import type { AnyCheck, AnyTool, Effect } from '@telos/core';
import type { Catalog } from '@telos/language';

const text = z.string().min(1);

export const testTools: readonly AnyTool[] = [
  tool('llm', 'Asks a language model.', {
    model: z.union([text, z.strictObject({ fallback: z.array(text) })]).exactOptional(),
    prompt: z.json().exactOptional(),
    system: z.string().exactOptional(),
    output: z.strictObject({ schema: z.record(z.string(), z.json()) }).exactOptional(),
    files: z.array(text).exactOptional(),
  }),
  tool('knowledge.search', 'Finds passages of a folder of documents that answer a question.', {
    folder: text,
    query: text,
    limit: z.int().exactOptional(),
  }),
  {
    ...tool(
      'db.query',
      'Runs one SQL statement on a database.',
      {
        url: text.exactOptional(),
        connection: text.exactOptional(),
        sql: text,
        params: z.array(z.json()).exactOptional(),
      },
      'write',
    ),
    effectOf: ({ connection }: { readonly connection?: string }) => (connection === undefined ? 'read' : 'write'),
  },
  {
    ...tool(
      'http.request',
      'Sends an HTTP request to an API.',
      {
        url: text,
        method: z.enum(['GET', 'POST']).exactOptional(),
        headers: z.record(z.string(), text).exactOptional(),
      },
      'write',
    ),
    effectOf: ({ method }: { readonly method?: string }) => (method === 'POST' ? 'write' : 'read'),
  },
  tool('web.read', 'Reads a web page.', { url: text }),
  tool('web.search', 'Searches the web.', { query: text, limit: z.int().exactOptional() }),
  tool('file.read', 'Reads a text file.', { path: text }),
  tool('mail.send', 'Sends a message to somebody.', { to: text, body: text }, 'irreversible'),
  tool('transform', 'Gives its value.', { value: z.json() }),
];

const testChecks: readonly AnyCheck[] = ['quotes', 'overlap', 'judge'].map((name) => ({
  name,
  description: `The check ${name}.`,
  params: z.record(z.string(), z.json()),
  needs: 'local',
  score: async () => ({ score: 1, verdict: 'pass', reason: 'It is scripted.' }),
}));

export const testCatalog: Catalog = {
  tools: new Map(testTools.map((tool) => [tool.name, tool])),
  checks: new Map(testChecks.map((check) => [check.name, check])),
};

export function tool(name: string, description: string, input: z.ZodRawShape, effect: Effect = 'read'): AnyTool {
  return {
    name,
    description,
    input: z.strictObject(input),
    output: z.json(),
    effect,
    returns: [],
    idempotent: false,
    run: async () => null,
  };
}
