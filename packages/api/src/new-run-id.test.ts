import { expect, it } from 'vitest';
import { newRunId } from './new-run-id.ts';

it('never gives the same id twice, and orders ids by time', () => {
  const now = Date.UTC(2026, 0, 1);
  const ids = Array.from({ length: 10_000 }, () => newRunId(now));
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every((id) => id < newRunId(now + 1))).toBe(true);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
