import { describe, expect, it } from 'vitest';
import { chainSource, compileChain, linkedChain, renderTemplates, testConditions } from './index.ts';

describe('what the benchmark times', () => {
  it('compiles every step of the chain', () => {
    expect(compileChain(chainSource(50))).toBe(50);
  });

  it('tests conditions that hold and renders templates that say something', () => {
    const { linked, scope } = linkedChain();
    expect(testConditions(linked, scope, 10)).toBe(10);
    expect(renderTemplates(linked, scope, 2)).toBe(2 * JSON.stringify({ query: 'find brief of b', limit: 5 }).length);
  });
});
