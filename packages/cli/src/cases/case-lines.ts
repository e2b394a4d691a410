/** What a person reads of tests, and what a program does. */
import { durationText } from '../output/amounts.ts';
import { paint } from '../output/paint.ts';
import type { CaseOutcome } from './test-files.ts';

export function caseLines({ name, failures, ms, calls, recorded }: CaseOutcome, colour: boolean): readonly string[] {
  const passed = failures.length === 0;
  const sign = paint(passed ? '✓' : '✗', passed ? 'green' : 'red', colour);
  const made =
    calls === 0 ? '' : `, ${calls} ${calls === 1 ? 'call' : 'calls'}${recorded === undefined ? '' : ' recorded'}`;
  const masked = recorded === undefined || recorded.masked === 0 ? '' : `, ${recorded.masked} private texts masked`;
  return [
    `  ${sign} ${name}  ${paint(`${durationText(ms)}${made}${masked}`, 'grey', colour)}`,
    ...failures.map(({ of, message }) => `      ${of}: ${message}`),
  ];
}

export function caseObject(outcome: CaseOutcome): object {
  const { file, test, name, line, status, failures, ms, calls, usage, recorded } = outcome;
  return {
    type: 'case',
    file,
    line,
    test,
    case: name,
    passed: failures.length === 0,
    ...(status === undefined ? {} : { status }),
    failures,
    calls,
    ...(usage === undefined ? {} : { usage }),
    ms,
    ...(recorded === undefined ? {} : { recorded }),
  };
}
