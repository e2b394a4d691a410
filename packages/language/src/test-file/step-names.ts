/**
 * How a test names steps: by their path in the run (`findings[3].search`), or
 * without the numbers (`findings.search`), which means each of its instances.
 */
import type { Program, Step } from '@telos/core';

/** A path without the numbers of items, cases and rounds. */
export function plainPath(path: string): string {
  return path.replaceAll(/\[\d+\]|#\d+/g, '');
}

/** Whether a test that names a step so means the one at this path. */
export function namesStep(name: string, path: string): boolean {
  return name === path || name === plainPath(path);
}

export type StepNames = {
  /** Of all steps that the program has: the tool of an action, and of a block none. */
  readonly steps: ReadonlyMap<string, { readonly uses?: string }>;
  /** Blocks whose bodies are known when they run: what is inside them may have any name. */
  readonly open: readonly string[];
};

export function stepNamesOf(program: Program): StepNames {
  const steps = new Map<string, { readonly uses?: string }>();
  const open: string[] = [];
  const walk = (list: readonly Step[], frame: string): void => {
    for (const step of list) {
      const path = frame === '' ? step.id : `${frame}.${step.id}`;
      steps.set(path, step.kind === 'action' ? { uses: step.uses } : {});
      switch (step.kind) {
        case 'action':
          if (step.compensate !== undefined) steps.set(`${path}/compensate`, { uses: step.compensate.uses });
          break;
        case 'foreach':
        case 'loop':
          walk(step.steps, path);
          break;
        case 'parallel':
          for (const [branch, inner] of Object.entries(step.branches)) walk(inner, `${path}.${branch}`);
          break;
        case 'switch':
          for (const { steps: inner } of step.cases) walk(inner, path);
          break;
        case 'plan':
        case 'agent':
        case 'workflow':
          open.push(path);
          break;
        case 'wait':
        case 'approve':
          break;
        default:
          step satisfies never;
      }
    }
  };
  walk(program.steps, '');
  for (const { steps: inner } of program.catch ?? []) walk(inner, 'catch');
  if (program.finally !== undefined) walk(program.finally.steps, 'finally');
  return { steps, open };
}

/** What a name means in a program; `unknown` inside a block whose body is not known yet, undefined when it can mean nothing. */
export function stepNamed(
  { steps, open }: StepNames,
  name: string,
): { readonly uses?: string } | 'unknown' | undefined {
  const plain = plainPath(name);
  const known = steps.get(plain);
  if (known !== undefined) return known;
  return open.some((block) => plain.startsWith(`${block}.`) || plain.startsWith(`${block}/`)) ? 'unknown' : undefined;
}
