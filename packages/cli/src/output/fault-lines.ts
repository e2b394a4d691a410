import type { Fault } from '@telos/language';

/** Faults as compilers print them: `file:line:column: message`, with the hint on the same line. */
export function faultLines(faults: readonly Fault[]): string {
  return faults.map((fault) => `${placeOf(fault)}: ${fault.message}${hintOf(fault)} [${fault.code}]\n`).join('');
}

/** Of what does not keep a workflow from running. */
export function warningLines(warnings: readonly Fault[]): readonly string[] {
  return warnings.map((fault) => `${placeOf(fault)}: careful: ${fault.message}${hintOf(fault)} [${fault.code}]`);
}

function placeOf({ file, line, column }: Fault): string {
  return `${file}:${line}:${column}`;
}

function hintOf({ hint }: Fault): string {
  return hint === undefined || hint === '' ? '' : ` (${hint})`;
}
