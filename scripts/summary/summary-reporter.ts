/** A Vitest reporter that writes the run's summary, as JSON, to the file named by TELOS_TEST_SUMMARY. */
import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import type { Summary } from './summary.ts';

/** What was given to `skip`; else what the title says in brackets, as conformance suites do. */
function reasonOf(title: string, note: string | undefined): string {
  return note ?? /\(skipped: (.+)\)$/.exec(title)?.[1] ?? 'no reason given';
}

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['TELOS_TEST_SUMMARY'];
    if (file === undefined) return;
    let passed = 0;
    let failed = unhandledErrors.length;
    const skipped: { test: string; reason: string }[] = [];
    for (const module of modules) {
      let failedInside = 0;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') passed += 1;
        else if (result.state === 'skipped') {
          skipped.push({
            test: `${module.relativeModuleId} > ${test.fullName}`,
            reason: reasonOf(test.name, result.note),
          });
        } else failedInside += 1;
      }
      // A file that cannot be loaded, or whose hooks fail, has no failed test to count.
      failed += failedInside === 0 && module.state() === 'failed' ? 1 : failedInside;
    }
    const summary: Summary = { passed, failed, skipped };
    writeFileSync(file, JSON.stringify(summary));
  }
}
