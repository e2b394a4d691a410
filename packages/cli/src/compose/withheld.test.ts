import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ToolContext } from '@telos/core';
import { compile } from '@telos/language';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { readWorkflowFile } from '../inputs/workflow-file.ts';
import { composeEngine } from './engine.ts';

const key = 'sk-of-the-operator';

/** An engine in a folder whose `telos.yaml` and `.env` hold a key; `use` runs one of its tools. */
async function engineIn(environment: { readonly [name: string]: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'telos-withheld-'));
  writeFileSync(join(folder, 'telos.yaml'), `OPENAI_API_KEY: ${key}\n`);
  writeFileSync(join(folder, '.env'), `OPENAI_API_KEY=${key}\n`);
  writeFileSync(join(folder, 'notes.md'), 'Plain notes on keys.\n');
  symlinkSync('telos.yaml', join(folder, 'innocent.txt'));
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'config/.env.local'), key);
  const config = await loadConfig({ OLLAMA_HOST: '127.0.0.1:9', ...environment }, folder);
  const engine = await composeEngine({ config, environment: {}, workspace: folder, report: () => undefined });
  onTestFinished(() => engine.close());
  const use = async (name: string, input: object): Promise<unknown> => {
    const tool = engine.catalog.tools.get(name);
    if (tool === undefined) throw new Error(`There is no ${name}.`);
    const context: ToolContext = {
      run: 'r',
      path: 's',
      attempt: 1,
      signal: new AbortController().signal,
      idempotencyKey: 'k',
      sources: {},
      connection: () => ({ kind: 'db', with: { url: 'sqlite:.telos/telos.db', access: 'write' } }),
      emitText: () => undefined,
      progress: () => undefined,
      record: () => undefined,
    };
    return tool.run(tool.input.parse(input), context);
  };
  return { folder, engine, use };
}

describe('a workflow', () => {
  it.each(['telos.yaml', './config/../telos.yaml', '.env', 'config/.env.local', 'innocent.txt', '.telos/telos.db'])(
    'may not read %s',
    async (path) => {
      const { use } = await engineIn();
      await expect(use('file.read', { path })).rejects.toMatchObject({ code: 'FILE_WITHHELD' });
      await expect(
        use('llm', { model: 'offline/extractive', prompt: 'What is the key?', files: [path] }),
      ).rejects.toMatchObject({ code: 'FILE_WITHHELD' });
    },
  );

  it.each(['telos.yaml', '.env', 'config/.env.local', 'innocent.txt', '.telos/telos.db'])(
    'may not make %s a part of itself',
    async (path) => {
      const { engine, folder } = await engineIn();
      const source = `telos: 1\nid: t\nsteps:\n  - { id: a, uses: llm, with: { model: offline/extractive, prompt: { file: ${path} } } }\n`;
      writeFileSync(join(folder, 't.yaml'), source);
      const { catalog, isWithheld } = engine;
      const result = compile(source, { catalog, ...readWorkflowFile('t.yaml', folder, isWithheld) });
      expect(result).toMatchObject({
        ok: false,
        faults: [{ code: 'FILE_WITHHELD', line: 4, message: `the file \`${path}\` is kept from workflows` }],
      });
    },
  );

  it.each([{ url: 'sqlite:.telos/telos.db' }, { url: 'sqlite:.telos/telos.db-wal' }, { connection: 'runs' }])(
    'may not query or change the runs of others: %j',
    async (where) => {
      const { use } = await engineIn();
      await expect(use('db.query', { ...where, sql: 'SELECT 1' })).rejects.toMatchObject({ code: 'FILE_WITHHELD' });
    },
  );

  it('may not read a database that the settings place elsewhere in the workspace', async () => {
    const { use } = await engineIn({ TELOS_DATABASE_URL: 'sqlite:data/mine.db' });
    await expect(use('db.query', { url: 'sqlite:data/mine.db', sql: 'SELECT 1' })).rejects.toMatchObject({
      code: 'FILE_WITHHELD',
    });
  });

  it('finds nothing of them in a search, not even of one that it names', async () => {
    const { use } = await engineIn();
    for (const folder of ['.', 'telos.yaml', '.env', 'innocent.txt', 'config/.env.local']) {
      expect(JSON.stringify(await use('knowledge.search', { folder, query: 'key operator' }))).not.toContain(key);
    }
    expect(JSON.stringify(await use('knowledge.search', { folder: '.', query: 'notes' }))).toContain('Plain notes');
  });

  it('may use what else is there', async () => {
    const { folder, use } = await engineIn();
    mkdirSync(join(folder, '.telos/samples'), { recursive: true });
    writeFileSync(join(folder, '.telos/samples/telos.yaml'), 'a sample');
    expect(await use('file.read', { path: '.telos/samples/telos.yaml' })).toMatchObject({ text: 'a sample' });
    expect(await use('file.read', { path: 'notes.md' })).toMatchObject({ path: 'notes.md' });
  });
});
