import { compile } from '@telos/language';
import type { Catalog } from '@telos/language';
import { withoutObjectives } from '../objectives/objectives-section.ts';
import { liftLiterals } from './lift-literals.ts';
import type { Lifted } from './lift-literals.ts';

/** A plan as a workflow that can be kept: what it names are inputs, where that compiles; what it is to reach stays in its comments. */
export function asWorkflow(plan: string, catalog: Catalog): Lifted {
  const bare = withoutObjectives(plan);
  const lifted = liftLiterals(bare);
  return compile(lifted.source, { catalog }).ok ? lifted : { source: bare, inputs: [] };
}
