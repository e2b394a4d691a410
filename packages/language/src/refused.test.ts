import { anyJson } from '@telos/core';
import type { AnyTool } from '@telos/core';
import { describe, expect, it } from 'vitest';
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
const catalog = { tools: new Map([[act.name, act]]), checks: new Map() };

function faultsOf(body: string): readonly string[] {
  const result = compile(`telos: 1\nid: t\n${body}`, { catalog });
  return result.ok ? [] : result.faults.map(({ code, path }) => `${code} ${path}`);
}

const step = 'steps: [{ id: a, uses: web.act }]';

describe('what this version cannot carry out is refused, never ignored', () => {
  it.each([
    [`${step}\nlimits: { budget: { usd: 1, on_exceeded: pause } }`, 'UNSUPPORTED limits.budget.on_exceeded'],
    [`${step}\nexpose: [rest, mcp]`, 'UNSUPPORTED expose[1]'],
    [`${step}\npermissions: { ask: ["web.*"] }`, 'UNSUPPORTED permissions.ask[0]'],
    ['steps: [{ id: a, foreach: [1], retry: 3, steps: [{ id: b, uses: web.act }] }]', 'UNSUPPORTED steps[0].retry'],
    ['steps: [{ id: a, parallel: { x: [{ id: b, uses: web.act }] }, timeout: 3s }]', 'UNSUPPORTED steps[0].timeout'],
    [
      'steps: [{ id: a, foreach: [1], gate: { checks: ["true"], on_fail: [{ repair: 1 }] }, steps: [{ id: b, uses: web.act }] }]',
      'UNSUPPORTED steps[0].gate.on_fail[0].repair',
    ],
    ['steps: [{ id: a, plan: { objective: "Find it all", rounds: 3 } }]', 'UNSUPPORTED steps[0].plan.rounds'],
  ])('%s', (body, fault) => {
    expect(faultsOf(body)).toEqual([fault]);
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
