import type { Fault } from '@telos/language';

/** Faults as compilers print them: `file:line:column: message`, with the hint on the same line. */
export function faultLines(faults: readonly Fault[]): string {
  return faults.map((fault) => `${placeOf(fault)}: ${fault.message}${hintOf(fault)} [${fault.code}]\n`).join('');
}

function placeOf({ file, line, column }: Fault): string {
  return `${file}:${line}:${column}`;
}

function hintOf({ hint }: Fault): string {
  return hint === undefined || hint === '' ? '' : ` (${hint})`;
}
