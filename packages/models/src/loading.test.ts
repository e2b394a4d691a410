import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startModelServer } from '@telos/testkit';
import { describe, expect, it } from 'vitest';

/** Runs a module's text in a process of its own and gives the packages it loaded, as it printed them. */
async function packagesLoadedBy(code: string): Promise<readonly string[]> {
  const script = `
    import { registerHooks } from 'node:module';
    const packages = new Set();
    registerHooks({ load(url, context, next) {
      const name = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name !== undefined) packages.add(name);
      return next(url, context);
    } });
    const { createModels } = await import('@telos/models');
    const clock = { now: () => Date.now(), sleep: (ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', resolve)) };
    const schemas = { issues: () => [] };
    const signal = new AbortController().signal;
    ${code}
    process.stdout.write(JSON.stringify([...packages]));
  `;
  const folder = fileURLToPath(new URL('..', import.meta.url));
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=source', '--input-type=module', '--eval', script],
    { cwd: folder },
  );
  return JSON.parse(stdout) as string[]; // what the script above prints
}

const heavy = [
  '@langchain/core',
  '@langchain/openai',
  '@langchain/ollama',
  'openai',
  'ollama',
  '@pydantic/genai-prices',
];

describe('loading', () => {
  it('of this package brings zod and nothing else', async () => {
    expect(await packagesLoadedBy('')).toEqual(['zod']);
  });

  it('for an offline answer brings no provider library', async () => {
    const packages = await packagesLoadedBy(`
      const models = createModels({ schemas, clock });
      const messages = [{ role: 'user', text: '<source name="a.md">Snow is white.</source> Question: What is snow?' }];
      const { text } = await models.generate({ model: 'offline/extractive', messages }, { signal });
      if (!text.includes('Snow is white.')) throw new Error(text);
    `);
    expect(packages.filter((name) => heavy.includes(name))).toEqual([]);
  });

  it('of LangChain happens at the first call, and of one provider only', async () => {
    const server = await startModelServer();
    try {
      const packages = await packagesLoadedBy(`
        const models = createModels({ schemas, clock, openai: { baseUrl: ${JSON.stringify(server.url)} } });
        const { text } = await models.generate({ model: 'openai/x', messages: [{ role: 'user', text: 'Go' }] }, { signal });
        if (text !== 'ok') throw new Error(text);
      `);
      expect(packages).toContain('@langchain/openai');
      expect(packages).not.toContain('@langchain/ollama');
    } finally {
      await server.close();
    }
  });
});
