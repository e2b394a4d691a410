/**
 * What the benchmark times: compiling a long workflow and testing conditions.
 * Each function does the work once, checks that it was done, and leaves the
 * clock to its caller.
 */
import type { AnyTool } from '@telos/core';
import { z } from 'zod';
import { compile } from '../compile.ts';
import type { Catalog } from '../compiled.ts';
import { link } from '../link.ts';
import type { Linked, Scope } from '../linked.ts';

const nothing: AnyTool = {
  name: 'nothing',
  description: 'Gives its value back.',
  input: z.strictObject({ value: z.json(), note: z.string().optional() }),
  output: z.json(),
  effect: 'read',
  returns: [],
  idempotent: true,
  spendsNothing: true,
  run: (input: { value: null }) => Promise.resolve(input.value),
};

const catalog: Catalog = { tools: new Map([[nothing.name, nothing]]), checks: new Map() };

/** A YAML workflow of this many steps in a chain; each reads the one before. */
export function chainSource(steps: number): string {
  let source = 'telos: 1\nid: chain\ninputs: { start: string }\nsteps:\n';
  for (let index = 0; index < steps; index++) {
    const read = index === 0 ? 'inputs.start' : `steps.s${index - 1}.output`;
    source += `  - id: s${index}\n    uses: nothing\n    with: { value: "\${{ ${read} }}" }\n`;
  }
  return `${source}outputs: { end: "\${{ steps.s${steps - 1}.output }}" }\n`;
}

/** Compiles `chainSource(steps)`. @returns The number of compiled steps. */
export function compileChain(source: string): number {
  const result = compile(source, { catalog });
  if (!result.ok) throw new Error(`the chain does not compile: ${result.faults[0]?.message ?? ''}`);
  return result.compiled.program.steps.length;
}

/** A linked program and a scope for `testConditions` and `renderTemplates`. */
export function linkedChain(): { readonly linked: Linked; readonly scope: Scope } {
  const result = compile(chainSource(1), { catalog });
  if (!result.ok) throw new Error('the chain does not compile');
  const scope = {
    inputs: { kind: 'b', limit: 3 },
    steps: { s0: { output: { score: 0.9, name: 'brief' }, status: 'succeeded' } },
  };
  return { linked: link(result.compiled.program), scope };
}

/** Tests a condition of two comparisons `count` times. @returns How often it held: `count`. */
export function testConditions(linked: Linked, scope: Scope, count: number): number {
  let held = 0;
  for (let index = 0; index < count; index++) {
    if (linked.test("steps.s0.output.score > 0.5 && inputs.kind == 'b'", scope)) held++;
  }
  return held;
}

const template = { query: 'find ${{ steps.s0.output.name }} of ${{ inputs.kind }}', limit: 5 };

/** Renders a template with two expressions `count` times. @returns The characters made. */
export function renderTemplates(linked: Linked, scope: Scope, count: number): number {
  let characters = 0;
  for (let index = 0; index < count; index++) characters += JSON.stringify(linked.render(template, scope)).length;
  return characters;
}
