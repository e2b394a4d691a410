/** What a test run came to, and the line that says so. */
import { z } from 'zod';

export const Summary = z.object({
  passed: z.number(),
  /** Failed tests, test files that could not be loaded, and errors outside any test. */
  failed: z.number(),
  skipped: z.array(z.object({ test: z.string(), reason: z.string() })),
});
export type Summary = z.infer<typeof Summary>;

/** `N passed, M failed`, and `, K skipped` when there are any. */
export function summaryLine(summary: Summary): string {
  const skipped = summary.skipped.length === 0 ? '' : `, ${summary.skipped.length} skipped`;
  return `${summary.passed} passed, ${summary.failed} failed${skipped}`;
}
