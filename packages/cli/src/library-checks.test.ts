/** Every check has a workflow to start from, as a rail or in a gate, and every such workflow is run by a test. */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { compile } from '@telos/language';
import { expect, it } from 'vitest';
import { composeCatalogue } from './compose/catalogue.ts';
import { loadConfig } from './config/load-config.ts';

const library = new URL('../../../workflows/', import.meta.url);
const tests = readFileSync(new URL('../../../tests/e2e/workflows.test.ts', import.meta.url), 'utf8');

it('each check that there is stands in a workflow that people start from, and a test runs that', async () => {
  const { catalog } = composeCatalogue(await loadConfig({}, tmpdir()), tmpdir());
  const users = new Map<string, string[]>();
  for (const name of readdirSync(library).filter((each) => each.endsWith('.yaml'))) {
    const result = compile(readFileSync(new URL(name, library), 'utf8'), { catalog });
    // Some name tools of servers that are met when they run.
    if (!result.ok) continue;
    const written = JSON.stringify(result.compiled.program);
    // A condition is the check `cel`.
    for (const check of [...catalog.checks.keys()].filter((each) => written.includes(`"uses":"${each}"`)))
      users.set(check, [...(users.get(check) ?? []), name.replace('.yaml', '')]);
  }
  const without = [...catalog.checks.keys()].filter((check) => !users.has(check));
  expect(without).toEqual([]);
  const isRun = (workflow: string): boolean => tests.includes(`it('${workflow} `);
  const notRun = [...users].filter(([, workflows]) => !workflows.some(isRun)).map(([check]) => check);
  expect(notRun).toEqual([]);
});
