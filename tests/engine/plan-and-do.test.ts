/** workflows/plan_and_do.yaml with every real part and no model but the one that quotes. */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Json, JsonObject, RunState } from '@telos/core';
import { systemClock } from '@telos/driver-local';
import { createChecks } from '@telos/evaluators';
import { createKnowledge, knowledgeTools } from '@telos/knowledge';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import { createPlanner } from '@telos/planner';
import { createTools } from '@telos/tools';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine, outputsOf } from './engine.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const source = readFileSync(new URL('../../workflows/plan_and_do.yaml', import.meta.url), 'utf8');
const sentence = 'When a worker is killed, its lease lapses and another worker takes the run over.';

async function planAndDo(inputs: JsonObject): Promise<RunState> {
  const workspace = mkdtempSync(join(tmpdir(), 'telos-plan-'));
  closing.push(() => rmSync(workspace, { recursive: true }));
  mkdirSync(join(workspace, 'docs'));
  writeFileSync(join(workspace, 'docs/recovery.md'), `# Recovery\n\n${sentence}\n\nNothing else is lost.\n`);
  writeFileSync(join(workspace, 'docs/colours.md'), '# Colours\n\nThe studio is blue. Its buttons are green.\n');
  const shop = new DatabaseSync(join(workspace, 'shop.db'));
  shop.exec(
    "CREATE TABLE orders (product TEXT, amount REAL); INSERT INTO orders VALUES ('lamp', 20), ('lamp', 30), ('desk', 90)",
  );
  shop.close();

  const clock = systemClock;
  const schemas = createSchemas();
  const models = createModels({ ollama: { host: 'http://127.0.0.1:9' }, schemas, clock });
  const knowledge = createKnowledge({ path: join(workspace, 'knowledge.db'), workspace, models, clock });
  closing.push(() => knowledge.close());
  const tools = new Map(createTools({ models, clock, workspace }));
  for (const tool of knowledgeTools(knowledge)) tools.set(tool.name, tool);
  const checks = createChecks({ models, schemas, evaluateCondition: () => true });
  const engine = await openEngine({
    tools: Object.fromEntries(tools),
    checks: Object.fromEntries(checks),
    planner: createPlanner({ models, catalog: { tools, checks }, clock }),
  });
  closing.push(() => engine.close());
  return engine.run(source, inputs);
}

describe('the workflow plan_and_do without a key, a download or a network', () => {
  it('answers its own default objective from a folder with a sentence that stands there', async () => {
    const { result } = outputsOf(await planAndDo({})) as { readonly [name: string]: Json };
    expect(result).toMatchObject({
      citations: [{ quote: sentence, source: expect.stringContaining('docs/recovery.md') }],
    });
  });

  it('counts in a database', async () => {
    const objective = 'What is the total of amount in orders by product in sqlite:shop.db?';
    const { result } = outputsOf(await planAndDo({ objective, criteria: [] })) as { readonly [name: string]: Json };
    expect(result).toEqual({
      rows: [
        { product: 'desk', sum_amount: 90 },
        { product: 'lamp', sum_amount: 50 },
      ],
    });
  });

  it('fails rather than answer when a name in the question is not in the database', async () => {
    const state = await planAndDo({ objective: 'Sum of price in orders in sqlite:shop.db', criteria: [] });
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'DB_QUERY_FAILED' } });
  });

  it('says what it could plan when it cannot plan this', async () => {
    const state = await planAndDo({ objective: 'Write a poem about workers' });
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'PLAN_NEEDS_MODEL', path: 'work' } });
  });
});
