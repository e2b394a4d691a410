import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveApi } from '@telos/api';
import { CheckResult } from '@telos/contract';
import { compile } from '@telos/language';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { composeCatalogue } from './catalogue.ts';
import { createCompileApart } from './compile-apart.ts';
import { composeEngine } from './engine.ts';

const steps = (count: number): string =>
  `telos: 1\nid: many\nsteps:\n${Array.from({ length: count }, (_, n) => `  - { id: s${n}, uses: transform, with: { value: ${n} } }\n`).join('')}`;

async function settings() {
  const folder = mkdtempSync(join(tmpdir(), 'telos-apart-'));
  return { folder, config: await loadConfig({ OLLAMA_HOST: '127.0.0.1:9' }, folder) };
}

describe('a large workflow', () => {
  it('is compiled in a thread, with the result that it has here', async () => {
    const { folder, config } = await settings();
    const apart = createCompileApart(config, folder);
    const { catalog } = composeCatalogue(config, folder);
    for (const source of [steps(2000), `${steps(2000)}  - { id: last, uses: nonesuch }\n`]) {
      expect(await apart({ source })).toEqual(compile(source, { catalog }));
    }
  });

  it('is compiled here when it is short, or when its files are to be read', async () => {
    const { folder, config } = await settings();
    const apart = createCompileApart(config, folder);
    expect(apart({ source: steps(3) })).toBeUndefined();
    expect(apart({ source: steps(2000), readFile: () => '' })).toBeUndefined();
  });

  it('is refused when it takes longer than it may, and the next one is compiled', async () => {
    const { folder, config } = await settings();
    const hasty = createCompileApart(config, folder, 0);
    const late = { ok: false, faults: [{ code: 'WORKFLOW_TOO_LARGE', line: 1, column: 1 }] };
    expect(await Promise.all([hasty({ source: steps(2000) }), hasty({ source: steps(2000) })])).toMatchObject([
      late,
      late,
    ]);
  });

  it('leaves the server to others while it is compiled', async () => {
    const { folder, config } = await settings();
    const engine = await composeEngine({ config, environment: {}, workspace: folder, report: () => undefined });
    onTestFinished(() => engine.close());
    const compileApart = createCompileApart(config, folder);
    const served = await serveApi({ ...engine, compileApart, version: 'test' }, { host: '127.0.0.1', port: 0 });
    onTestFinished(() => served.close());
    const post = (source: string) =>
      fetch(`${served.url}/v1/workflows/check`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source }),
      });

    const progress = { checked: false };
    const checking = post(steps(4000)).finally(() => (progress.checked = true));
    let answered = 0;
    while (!progress.checked) {
      expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
      answered += 1;
    }
    expect(CheckResult.parse(await (await checking).json())).toMatchObject({ valid: true, id: 'many' });
    // One at a time, each waits for the one before: were the thread of the server held, there would be one or two.
    expect(answered).toBeGreaterThan(10);
  });
});
