import { compile } from '@telos/language';
import type { Catalog, Compiled } from '@telos/language';
import type { IsWithheld } from '../compose/withheld.ts';
import { workflowBeside } from './workflow-file.ts';

/**
 * Workflows in the folder of `file`, by their ids, each compiled once. Undefined for one that is not there, does not
 * compile, or is asked for while it is itself being compiled: workflows may run each other in a circle.
 */
export function workflowsBeside(
  file: string,
  folder: string,
  catalog: Catalog,
  isWithheld: IsWithheld,
): (id: string) => Compiled | undefined {
  const known = new Map<string, Compiled | undefined>();
  const find = (id: string): Compiled | undefined => {
    if (known.has(id)) return known.get(id);
    known.set(id, undefined);
    const beside = workflowBeside(id, file, folder, isWithheld);
    if (beside === undefined) return undefined;
    const result = compile(beside.source, { catalog, ...beside, workflow: find });
    if (result.ok) known.set(id, result.compiled);
    return known.get(id);
  };
  return find;
}
