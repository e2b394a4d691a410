/** Workflows as tests write them: what matters in a few lines, around it what every workflow needs. */
import type { Step } from '@telos/core';
import { compiled } from './sample-catalog.ts';

/** Line 3 of the file is the first line of `body`. */
export function workflow(body: string): string {
  return `telos: 1\nid: flow\n${body}\n`;
}

/** One step with the id `a` and these keys; its first line is line 5, column 5. */
export function oneStep(keys: string): string {
  return workflow(`steps:\n  - id: a\n    ${keys.replaceAll('\n', '\n    ')}`);
}

/** A step `first` before the step `a`; the first line of its keys is line 6, column 5. */
export function stepAfterFirst(keys: string): string {
  const first = '  - { id: first, uses: transform, with: { value: 1 } }';
  return workflow(`steps:\n${first}\n  - id: a\n    ${keys.replaceAll('\n', '\n    ')}`);
}

/** A step that only has to be there. */
export const plain = '{ id: plain, uses: transform, with: { value: 1 } }';

/** The compiled step `a`, which must be of this kind. */
export function compiledStep<K extends Step['kind']>(source: string, kind: K): Extract<Step, { readonly kind: K }> {
  const found = compiled(source).program.steps.find(({ id }) => id === 'a');
  const isMeant = (step: Step | undefined): step is Extract<Step, { readonly kind: K }> => step?.kind === kind;
  if (!isMeant(found)) throw new Error(`step a is ${found?.kind ?? 'missing'}`);
  return found;
}
