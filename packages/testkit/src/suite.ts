import { describe, expect, it } from 'vitest';

/** A promise that a driver cannot keep, by the title of its test, and why. */
export type Skip = { readonly test: string; readonly reason: string };

export type SuiteOptions = { readonly skip?: readonly Skip[] };

/** Registers one test of a suite; `body` gets a subject of its own, which is disposed of afterwards. */
export type SuiteTest<Subject> = (title: string, body: (subject: Subject) => Promise<void>) => void;

/**
 * Registers a conformance suite. A test that is skipped says why in its title; a
 * skip that names no test fails, so that reasons do not outlive what they excuse.
 */
export function describeSuite<Subject>(
  name: string,
  subject: { readonly open: () => Promise<Subject>; readonly dispose: (subject: Subject) => Promise<void> },
  parts: Readonly<Record<string, (test: SuiteTest<Subject>) => void>>,
  options: SuiteOptions = {},
): void {
  const unused = new Map((options.skip ?? []).map(({ test, reason }) => [test, reason]));
  describe(name, () => {
    for (const [part, register] of Object.entries(parts)) {
      describe(part, () => {
        register((title, body) => {
          const reason = unused.get(title);
          unused.delete(title);
          if (reason !== undefined) {
            it.skip(`${title} (skipped: ${reason})`);
            return;
          }
          it(title, async () => {
            const opened = await subject.open();
            try {
              await body(opened);
            } finally {
              await subject.dispose(opened);
            }
          });
        });
      });
    }
    // Registered after all other parts, when every skip that names a test has been used.
    describe('the skips of the driver', () => {
      it('each name a test of this suite', () => {
        expect([...unused.keys()]).toEqual([]);
      });
    });
  });
}
