import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { noModels } from '@telos/testkit/models';
import { describe, expect, it } from 'vitest';
import { createTools } from './create-tools.ts';
import { realClock } from './testing/clocks.ts';
import { recordingContext } from './testing/recording-context.ts';
import { toolJsonSchemas } from './tool-json-schemas.ts';

const tools = createTools({ models: noModels, workspace: '.', clock: realClock });

describe('the tools', () => {
  it('have the names that workflows use', () => {
    const names = [
      'llm',
      'web.search',
      'web.read',
      'http.request',
      'db.query',
      'script.js',
      'file.read',
      'file.write',
      'transform',
    ];
    expect([...tools.keys()]).toEqual(names);
    expect([...tools.values()].map((tool) => tool.name)).toEqual(names);
  });

  it('label what comes from outside as untrusted and what comes from databases as private', () => {
    const labelled = [...tools.values()]
      .filter((tool) => tool.returns.length > 0)
      .map((tool) => [tool.name, tool.returns]);
    expect(Object.fromEntries(labelled)).toEqual({
      'web.search': ['untrusted'],
      'web.read': ['untrusted'],
      'http.request': ['untrusted'],
      'db.query': ['private'],
    });
  });

  it('describe themselves, and their input as JSON Schema that refuses unknown fields', () => {
    for (const tool of tools.values()) {
      const { input, output } = toolJsonSchemas(tool);
      expect(tool.description.length).toBeGreaterThan(20);
      expect(input).toMatchObject({ type: 'object', additionalProperties: false });
      expect(JSON.parse(JSON.stringify(output))).toEqual(output);
    }
    const { input, output } = toolJsonSchemas(tools.get('web.search') ?? expect.fail());
    expect(input).toMatchObject({
      properties: { query: { type: 'string' }, limit: { type: 'integer', maximum: 20 } },
      required: ['query'],
    });
    expect(output).toMatchObject({ properties: { results: { type: 'array' } } });
  });

  it('reach inner addresses only where the settings allow it', async () => {
    const read = tools.get('web.read') ?? expect.fail();
    await expect(read.run({ url: 'http://127.0.0.1:9/' }, recordingContext())).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
    });
    const allowed = createTools({
      models: noModels,
      workspace: '.',
      clock: realClock,
      allowedHosts: ['127.0.0.1:9'],
    }).get('web.read');
    await expect(allowed?.run({ url: 'http://127.0.0.1:9/' }, recordingContext())).rejects.toMatchObject({
      code: 'HTTP_UNAVAILABLE',
    });
  });

  it('load nothing heavy before one of them runs', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      const heavy = [];
      registerHooks({ resolve(name, context, next) {
        if (/^(undici|pg|isolated-vm|htmlparser2|postgres-array|node:sqlite)$/.test(name)) heavy.push(name);
        return next(name, context);
      } });
      const { createTools } = await import('@telos/tools');
      createTools({ models: {}, workspace: '.', clock: {} });
      console.log(JSON.stringify(heavy));`;
    const options = { cwd: import.meta.dirname };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=source', '--input-type=module', '-e', script],
      options,
    );
    expect(JSON.parse(stdout)).toEqual([]);
  });
});
