import type { AnyCheck, AnyTool } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compile } from '../compile.ts';
import type { Catalog } from '../compiled.ts';
import { sampleCatalog } from '../testing/sample-catalog.ts';
import { closedJudges } from './private-judging.ts';

const base = sampleCatalog.tools.get('transform');
function tool(name: string, given: Partial<AnyTool>): [string, AnyTool] {
  if (base === undefined) throw new Error('no transform');
  return [name, { ...base, name, input: z.record(z.string(), z.json()), ...given }];
}

/** Asks the model that it is given, on a host of its name; no model, no host. */
const asking = (name: string): [string, AnyCheck] => [
  name,
  {
    name,
    description: name,
    needs: 'local',
    params: z.record(z.string(), z.unknown()),
    score: () => Promise.resolve({ score: 1, verdict: 'pass', reason: 'It is.' }),
    sendsTo: ({ model }: { readonly model?: string }) =>
      Promise.resolve(model === undefined ? [] : [{ host: model.replace('openai/', ''), model: true }]),
  },
];

const catalog: Catalog = {
  ...sampleCatalog,
  tools: new Map([
    ...sampleCatalog.tools,
    tool('transform', { echoes: 'value' }),
    tool('rows', { returns: ['private'] }),
    tool('news', { returns: ['untrusted'] }),
  ]),
  checks: new Map([asking('grade'), asking('topic')]),
  privateHosts: ['ours.example'],
};

async function warned(steps: string, more = '', given: Catalog = catalog): Promise<readonly string[]> {
  const result = compile(`telos: 1\nid: t\n${more}steps:\n${steps}`, { catalog: given });
  if (!result.ok) throw new Error(result.faults.map(({ message, path }) => `${path}: ${message}`).join('\n'));
  const warnings = await closedJudges(result.compiled, given);
  return warnings.map(({ line, column, code, path }) => `${line}:${column} ${code} ${path}`);
}

const rows = '  - { id: rows, uses: rows }\n';
const step = (more: string, value = '${{ steps.rows.output }}'): string =>
  `  - { id: a, uses: transform, with: { value: "${value}" }, ${more} }\n`;
const gate = (model: string): string => `gate: { judge: { uses: grade, with: { model: ${model} } } }`;

describe('a judge on a host that may have no private data', () => {
  it('is warned of where it stands, with what it would be shown and what to write', async () => {
    const result = compile(`telos: 1\nid: t\nsteps:\n${rows}${step(gate('openai/theirs.example'))}`, { catalog });
    if (!result.ok) throw new Error('it compiles');
    expect(await closedJudges(result.compiled, catalog)).toEqual([
      {
        code: 'PRIVATE_TO_JUDGE',
        file: '<source>',
        line: 5,
        column: 91,
        path: 'steps[1].gate.judge',
        message:
          '`judge` is to judge private data from `rows`, and asks a model at theirs.example, which may have none: it will not be asked, and that is never a pass',
        hint: 'write `permissions: { hosts: [theirs.example] }`, or let it ask a model whose host is in TELOS_PRIVATE_HOSTS or on this machine',
      },
    ]);
  });

  it('is warned of as a check, as a rail at each place, and as one of the run', async () => {
    const rail = (place: string, check = 'topic'): string =>
      `rails: { ${place}: [{ check: ${check}, with: { model: openai/theirs.example }, action: flag }] }`;
    expect(await warned(rows + step('gate: { checks: [{ grade: { model: openai/theirs.example } }] }'))).toEqual([
      expect.stringContaining('PRIVATE_TO_JUDGE steps[1].gate.checks[0]'),
    ]);
    for (const place of ['input', 'tool_arguments', 'tool_result', 'output'])
      expect(await warned(rows + step(rail(place)))).toEqual([
        expect.stringContaining(`PRIVATE_TO_JUDGE steps[1].rails.${place}[0]`),
      ]);
    const whole = `inputs: { who: { type: string, private: true } }\n${rail('input')}\n`;
    expect(await warned(step('timeout: 1m', '1'), whole)).toEqual([
      expect.stringContaining('PRIVATE_TO_JUDGE rails.input[0]'),
    ]);
    expect(
      await warned(rows + step('timeout: 1m'), `outputs: { a: "\${{ steps.a.output }}" }\n${rail('output')}\n`),
    ).toEqual([expect.stringContaining('PRIVATE_TO_JUDGE rails.output[0]')]);
  });

  it('is warned of where what is private is a parameter of its own, and once in the body of a loop', async () => {
    const reference = '"${{ steps.rows.output }}"';
    const given = `gate: { checks: [{ grade: { model: openai/theirs.example, reference: ${reference} } }] }`;
    expect(await warned(rows + step(given, '1'))).toHaveLength(1);
    const loop = `  - id: l\n    loop: { state: { s: 1 }, next: { s: "\${{ steps.a.output }}" }, max: 3 }\n    steps:\n    ${step(gate('openai/theirs.example')).replaceAll('\n', '')}\n`;
    expect(await warned(rows + loop)).toHaveLength(1);
  });

  it('is not warned of where its host may have it, where it asks nobody, or where nothing is private', async () => {
    const closed = rows + step(gate('openai/theirs.example'));
    expect(await warned(closed, 'permissions: { hosts: [theirs.example] }\n')).toEqual([]);
    expect(await warned(rows + step(gate('openai/ours.example')))).toEqual([]);
    expect(await warned(rows + step(gate('openai/127.0.0.1:11434')))).toEqual([]);
    expect(await warned(rows + step('gate: { checks: [{ grade: {} }] }'))).toEqual([]);
    expect(await warned('  - { id: rows, uses: news }\n' + step(gate('openai/theirs.example')))).toEqual([]);
    const { privateHosts: _, ...open } = catalog;
    expect(await warned(closed, '', open)).toEqual([]);
  });
});
