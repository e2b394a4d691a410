import { describe, expect, it } from 'vitest';
import { catalog } from './catalog.ts';

describe('the error catalogue', () => {
  it.each(Object.entries(catalog))('gives %s a kind, a title and a next step', (code, entry) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/);
    expect(['retryable', 'terminal', 'bug']).toContain(entry.kind);
    expect(entry.title).toMatch(/^\S.*[^.\s]$/);
    expect(entry.next).toMatch(/^\S.*\.$/);
  });

  it('gives no two codes the same title', () => {
    const titles = Object.values(catalog).map((entry) => entry.title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
