/** The `objectives` of a plan's text: put behind what a model or a person wrote, and taken out where the text becomes a workflow. */
import { isMap, parseDocument, stringify } from 'yaml';
import type { PlanObjective } from '../drafted-plan.ts';

/** A text that is no map, or states its own objectives, stays as it is: the compiler says what is wrong, or reads them. */
export function withObjectives(yaml: string, objectives: readonly PlanObjective[]): string {
  const document = parseDocument(yaml, { logLevel: 'silent' });
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents) || contents.has('objectives')) return yaml;
  if (contents.flow === true) {
    document.set('objectives', objectives);
    return document.toString({ lineWidth: 0 });
  }
  return `${yaml.trimEnd()}\n\n${stringify({ objectives }, { lineWidth: 0 })}`;
}

export function statesObjectives(yaml: string): boolean {
  const { contents } = parseDocument(yaml, { logLevel: 'silent' });
  return isMap(contents) && contents.has('objectives');
}

/** The plan as a workflow of its own: what it is to reach stays in its comments. */
export function withoutObjectives(yaml: string): string {
  const document = parseDocument(yaml, { logLevel: 'silent' });
  const { contents } = document;
  if (document.errors.length > 0 || !isMap(contents)) return yaml;
  const last = contents.items.at(-1)?.key;
  const range = rangeOf(last);
  // Where it stands last, as the planner writes it, the rest of the text stays as its author wrote it.
  if (contents.flow !== true && range !== undefined && String(last) === 'objectives')
    return `${yaml.slice(0, range).trimEnd()}\n`;
  document.delete('objectives');
  return document.toString({ lineWidth: 0 });
}

function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  const [start]: readonly unknown[] = node.range;
  return typeof start === 'number' ? start : undefined;
}
