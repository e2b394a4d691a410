import type { CheckResult, LocatedError } from '@telos/contract';
import { closedJudges } from '@telos/language';
import type { Fault } from '@telos/language';
import { requirementProblems } from './requirement-problems.ts';
import type { RequirementDeps } from './requirement-problems.ts';
import { compileSource } from './compile-workflow.ts';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import { inputViews, requirementsView, stepOutlines } from './workflow-view.ts';

/** Compiles a workflow without storing it: its outline, or every fault; and what would stop a run here now. */
export async function checkWorkflow(
  deps: RequirementDeps & CompileDeps,
  workflow: WorkflowSource,
): Promise<CheckResult> {
  const result = await compileSource(deps, workflow);
  if (!result.ok) return { valid: false, errors: result.faults.map(locatedError) };
  const { program, hash } = result.compiled;
  const located = [...result.compiled.warnings, ...(await closedJudges(result.compiled, deps.catalog))];
  const problems = await requirementProblems(deps, program.requires);
  return {
    valid: true,
    id: program.id,
    hash,
    inputs: inputViews(program),
    steps: stepOutlines(program),
    requires: requirementsView(program.requires),
    warnings: [
      ...problems.map(({ code, message, next }) => ({ code, message, next })),
      ...located.map(({ code, message, hint, line, column, path }) => ({
        code,
        message,
        line,
        column,
        path,
        ...(hint === undefined ? {} : { next: hint }),
      })),
    ],
  };
}

/** A fault as problem documents and check results carry it. */
export function locatedError(fault: Fault): LocatedError {
  const { code, line, column, path, message, hint } = fault;
  return { code, line, column, path, message, ...(hint === undefined ? {} : { hint }) };
}
