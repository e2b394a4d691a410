import { TelosError } from '@telos/core';
import type { JsonObject } from '@telos/core';
import { compile } from '@telos/language';
import type { Catalog, Compiled, CompileOptions, CompileResult, Fault } from '@telos/language';

/** The text of a workflow. `file` and `readFile` are for callers on this machine; a text from the network has neither. */
export type WorkflowSource = { readonly source: string } & Pick<CompileOptions, 'file' | 'readFile'>;

export type CompileDeps = {
  readonly catalog: Catalog;
  /** Asks servers that a text names and that were not met yet what they offer. Absent: they must have been met. */
  readonly meet?: (source: string) => Promise<void>;
  /** Compiles large texts away from the thread that answers requests. Absent: all are compiled here. */
  readonly compileApart?: CompileApart;
};

/** Undefined for a text that is compiled as soon here. */
export type CompileApart = (workflow: WorkflowSource) => Promise<CompileResult> | undefined;

export async function compileSource(
  { catalog, compileApart }: CompileDeps,
  workflow: WorkflowSource,
): Promise<CompileResult> {
  const { source, ...place } = workflow;
  return compileApart?.(workflow) ?? compile(source, { ...place, catalog });
}

/** @throws TelosError WORKFLOW_INVALID with every fault, located, in `details.faults`. */
export async function compileWorkflow(deps: CompileDeps, workflow: WorkflowSource): Promise<Compiled> {
  await deps.meet?.(workflow.source);
  const result = await compileSource(deps, workflow);
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
