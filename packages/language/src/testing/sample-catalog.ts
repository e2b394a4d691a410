/** A catalogue of tools and checks with real schemas, for tests of the compiler. Nothing here is ever run. */
import type { AnyCheck, AnyTool, Effect, Json } from '@telos/core';
import { z } from 'zod';
import { compile } from '../index.ts';
import type { Catalog, CompileOptions, Compiled, Fault } from '../index.ts';

function tool(name: string, input: AnyTool['input'], effect: Effect = 'read'): AnyTool {
  const run = (): Promise<Json> => Promise.reject(new Error('the compiler runs no tool'));
  return {
    name,
    description: name,
    input,
    output: z.json(),
    effect,
    returns: [],
    idempotent: false,
    run,
  };
}

function check(name: string, params: AnyCheck['params'], needs: 'local' | 'model' = 'local'): AnyCheck {
  return {
    name,
    description: name,
    params,
    needs,
    score: () => Promise.reject(new Error('the compiler scores nothing')),
  };
}

function finder(name: string, more: z.ZodRawShape = {}): AnyCheck {
  return check(name, z.strictObject({ redact: z.boolean().optional(), ...more }));
}

const tools = [
  tool(
    'llm',
    z.strictObject({
      model: z.union([z.string(), z.strictObject({ fallback: z.array(z.string()) })]).optional(),
      prompt: z.string().min(1),
      system: z.string().optional(),
      output: z.strictObject({ schema: z.record(z.string(), z.json()) }).optional(),
    }),
  ),
  {
    ...tool('web.search', z.strictObject({ query: z.string(), limit: z.int().min(1).optional() })),
    output: z.record(z.string(), z.json()),
  },
  {
    ...tool(
      'http.request',
      z.strictObject({
        method: z.enum(['GET', 'POST', 'DELETE']).optional(),
        url: z.string(),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.json().optional(),
      }),
      'write',
    ),
    effectOf: ({ method = 'GET' }: { readonly method?: string }): Effect => (method === 'GET' ? 'read' : 'write'),
  },
  tool('db.query', z.strictObject({ connection: z.string(), sql: z.string(), params: z.array(z.json()).optional() })),
  tool('transform', z.strictObject({ value: z.json() })),
];

const checks = [
  check('judge', z.strictObject({ model: z.unknown(), rubric: z.array(z.string()) }), 'model'),
  check('faithfulness', z.strictObject({ against: z.unknown() })),
  check('injection', z.strictObject({})),
  {
    ...finder('pii', { names: z.boolean().optional() }),
    offers: { redact: { redact: true } },
    restorable: true as const,
  },
  { ...finder('profanity'), offers: { redact: { redact: true } } },
  { ...finder('secrets'), offers: { redact: { redact: true } } },
  { ...check('hidden_text', z.strictObject({ clean: z.boolean().optional() })), offers: { repair: { clean: true } } },
  check('length', z.strictObject({ min: z.int().optional(), max: z.int().optional() })),
];

export const sampleCatalog: Catalog = {
  tools: new Map(tools.map((item) => [item.name, item])),
  checks: new Map(checks.map((item) => [item.name, item])),
};

export function faultsOf(source: string, options: Partial<CompileOptions> = {}): readonly Fault[] {
  const result = compile(source, { catalog: sampleCatalog, file: 'flow.yaml', ...options });
  return result.ok ? [] : result.faults;
}

/** `line:column CODE path`, one for each fault. */
export function briefFaults(source: string, options: Partial<CompileOptions> = {}): readonly string[] {
  return faultsOf(source, options).map(({ line, column, code, path }) => `${line}:${column} ${code} ${path}`);
}

export function compiled(source: string, options: Partial<CompileOptions> = {}): Compiled {
  const result = compile(source, { catalog: sampleCatalog, ...options });
  if (!result.ok)
    throw new Error(
      result.faults.map((fault) => `${fault.line}:${fault.column} ${fault.code} ${fault.message}`).join('\n'),
    );
  return result.compiled;
}
