import { anyJson } from '@telos/core';
import type { AnyCheck, AnyTool } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { compile } from './compile.ts';

const act: AnyTool = {
  name: 'web.act',
  description: 'Acts.',
  input: anyJson,
  output: anyJson,
  effect: 'read',
  returns: [],
  idempotent: false,
  run: () => Promise.resolve(null),
};
const pii: AnyCheck = {
  name: 'pii',
  description: 'Finds.',
  params: z.strictObject({}),
  needs: 'local',
  score: () => Promise.reject(new Error('the compiler scores nothing')),
};
const catalog = { tools: new Map([[act.name, act]]), checks: new Map([[pii.name, pii]]) };

function faultsOf(body: string): readonly string[] {
  const result = compile(`telos: 1\nid: t\n${body}`, { catalog });
  return result.ok ? [] : result.faults.map(({ code, path }) => `${code} ${path}`);
}

const step = 'steps: [{ id: a, uses: web.act }]';

describe('what this version cannot carry out is refused, never ignored', () => {
  it.each([
    [`${step}\nexpose: [rest, mcp]`, 'UNSUPPORTED expose[1]'],
    [
      'steps: [{ id: a, parallel: { x: [{ id: b, uses: web.act }] }, rails: { input: [pii] } }]',
      'INVALID_VALUE steps[0].rails.input',
    ],
    ['steps: [{ id: a, wait: { for: 1s }, cache: { ttl: 1d } }]', 'UNKNOWN_KEY steps[0].cache'],
    ['steps: [{ id: a, uses: web.act, effect: write, cache: { ttl: 1d } }]', 'INVALID_VALUE steps[0].cache'],
    [
      'steps: [{ id: a, agent: { input: "Find it", engine: langchain, context: { tokens: 9k } } }]',
      'UNSUPPORTED steps[0].agent.context',
    ],
    [
      'steps: [{ id: a, agent: { input: "Find it" }, gate: { checks: ["true"], on_fail: [{ repair: 1 }] } }]',
      'UNSUPPORTED steps[0].gate.on_fail[0].repair',
    ],
    ['steps: [{ id: a, foreach: [1], retry: 3, steps: [{ id: b, uses: web.act }] }]', 'UNSUPPORTED steps[0].retry'],
    ['steps: [{ id: a, loop: { max: 2 }, retry: 3, steps: [{ id: b, uses: web.act }] }]', 'UNSUPPORTED steps[0].retry'],
    ['steps: [{ id: a, workflow: { id: other }, retry: 3 }]', 'UNSUPPORTED steps[0].retry'],
    [
      'steps: [{ id: a, foreach: [1], gate: { checks: ["true"], on_fail: [{ repair: 1 }] }, steps: [{ id: b, uses: web.act }] }]',
      'UNSUPPORTED steps[0].gate.on_fail[0].repair',
    ],
    [
      'steps: [{ id: a, parallel: { x: [{ id: b, uses: web.act }] }, gate: { checks: ["true"], on_fail: [{ escalate: a/b }] } }]',
      'UNSUPPORTED steps[0].gate.on_fail[0].escalate',
    ],
    ['steps: [{ id: a, plan: { objective: "Find it all", rounds: 6 } }]', 'INVALID_VALUE steps[0].plan.rounds'],
    [
      'steps: [{ id: a, plan: { objective: "Find it all", approve: { on_timeout: reject } } }]',
      'MISSING_KEY steps[0].plan.approve.on_timeout',
    ],
    [`${step}\nobjectives: [{ id: o1, objective: "Find it", criterion: "It is found" }]`, 'UNSUPPORTED objectives'],
  ])('%s', (body, fault) => {
    expect(faultsOf(body)).toEqual([fault]);
  });
});

describe('a block', () => {
  it('may have a timeout, and a gate that asks a person or gives something else', () => {
    const body =
      'steps: [{ id: a, foreach: [1], timeout: 3m, gate: { checks: ["true"], on_fail: [{ approve: true }, { fallback: [] }] }, steps: [{ id: b, uses: web.act }] }]';
    expect(faultsOf(body)).toEqual([]);
  });
});

describe('permissions', () => {
  it('deny a tool by glob', () => {
    expect(faultsOf(`${step}\npermissions: { deny: ["web.*"] }`)).toEqual(['TOOL_DENIED steps[0].uses']);
  });

  it('let the others be used', () => {
    expect(faultsOf(`${step}\npermissions: { deny: ["crm.*"], allow: ["web.*"] }`)).toEqual([]);
  });
});
