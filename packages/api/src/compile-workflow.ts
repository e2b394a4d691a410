import { TelosError } from '@telos/core';
import type { JsonObject } from '@telos/core';
import { compile } from '@telos/language';
import type { Catalog, Compiled, CompileOptions, Fault } from '@telos/language';

/** The text of a workflow. `file` and `readFile` are for callers on this machine; a text from the network has neither. */
export type WorkflowSource = { readonly source: string } & Pick<CompileOptions, 'file' | 'readFile'>;

/** @throws TelosError WORKFLOW_INVALID with every fault, located, in `details.faults`. */
export function compileWorkflow(catalog: Catalog, { source, ...place }: WorkflowSource): Compiled {
  const result = compile(source, { ...place, catalog });
  if (result.ok) return result.compiled;
  const { faults } = result;
  const first = faults[0];
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  throw new TelosError(
    'WORKFLOW_INVALID',
    first === undefined
      ? 'The workflow does not compile.'
      : `${first.file}:${first.line}:${first.column} ${first.message}${more}`,
    { details: { faults: faults.map(faultJson) } },
  );
}

function faultJson(fault: Fault): JsonObject {
  return { ...fault };
}
