import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnyTool, Json, ToolCallReport, ToolContext } from '@telos/core';
import { noModels } from '@telos/testkit/models';
import { createKnowledge } from './knowledge.ts';
import type { Knowledge } from './knowledge.ts';
import { knowledgeTools } from './knowledge-tools.ts';

let workspace = '';
let knowledge: Knowledge;
let tool: AnyTool;
let recorded: ToolCallReport[] = [];

function context(): ToolContext {
  return {
    run: 'run',
    path: 'find',
    attempt: 1,
    signal: new AbortController().signal,
    idempotencyKey: 'key',
    sources: {},
    connection: () => undefined,
    emitText: () => {},
    progress: () => {},
    record: (call) => recorded.push(call),
  };
}

async function call(input: Json): Promise<Json> {
  return tool.run(tool.input.parse(input), context());
}

beforeEach(async () => {
  workspace = await mkdtemp(path.join(tmpdir(), 'knowledge-tool-'));
  await writeFile(path.join(workspace, 'a.md'), '# Apples\n\nApples keep for a month.');
  knowledge = createKnowledge({
    path: ':memory:',
    workspace,
    models: noModels,
    clock: { now: () => 5, sleep: async () => {} },
  });
  const [first] = knowledgeTools(knowledge);
  if (first === undefined) throw new Error('there is no tool');
  tool = first;
  recorded = [];
});

afterEach(async () => {
  await knowledge.close();
  await rm(workspace, { recursive: true });
});

describe('knowledge.search', () => {
  it('gives passages that fit its own output schema', async () => {
    const output = await call({ folder: '.', query: 'how long do apples keep' });
    expect(tool.output.parse(output)).toEqual({
      passages: [
        {
          text: '# Apples\n\nApples keep for a month.',
          source: 'a.md',
          start: 0,
          end: 34,
          score: 1,
          heading: 'Apples',
        },
      ],
    });
  });

  it('reads, and what it returns is private', () => {
    expect(tool).toMatchObject({ name: 'knowledge.search', effect: 'read', returns: ['private'] });
  });

  it('records the retrieval with what it did', async () => {
    await call({ folder: '.', query: 'apples', limit: 3 });
    expect(recorded).toEqual([
      {
        kind: 'retrieval',
        name: 'knowledge.search',
        startedAt: 5,
        ms: 0,
        input: { query: 'apples', limit: 3 },
        attributes: { passages: 1, documents_read: 1, documents_unchanged: 0, files_skipped: 0 },
      },
    ]);
  });

  it.each([
    ['neither folder nor collection', { query: 'x' }],
    ['both folder and collection', { folder: '.', collection: 'c', query: 'x' }],
    ['no query', { folder: '.' }],
    ['a limit of 0', { folder: '.', query: 'x', limit: 0 }],
    ['an unknown parameter', { folder: '.', query: 'x', top: 3 }],
  ])('refuses %s', (_, input) => {
    expect(tool.input.safeParse(input).success).toBe(false);
  });

  it('describes its input as JSON Schema', () => {
    const schema = z.toJSONSchema(tool.input, { io: 'input' });
    expect(schema).toMatchObject({ type: 'object', required: ['query'], additionalProperties: false });
  });
});
