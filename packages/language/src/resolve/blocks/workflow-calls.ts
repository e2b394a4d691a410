/** Workflows as rules and agents know them: `workflow.<id>`. */
import type { CalledWorkflow } from '@telos/core';
import { namePattern } from '../../document/scalars.ts';
import { ruleNaming } from '../../permissions/rules.ts';
import type { Place } from '../../text/place.ts';
import type { Resolution } from '../resolution.ts';

const family = 'workflow';

/**
 * Which workflow a text among an agent's tools names; undefined when it names tools. A connection of that name keeps it.
 * Which workflows there are is known when a run is created, so a glob names none.
 */
export function workflowNamedBy(
  written: string,
  place: Place,
  resolution: Resolution,
): CalledWorkflow | 'refused' | undefined {
  if (!written.startsWith(`${family}.`) || resolution.connections.has(family)) return undefined;
  const workflow = written.slice(family.length + 1);
  if (!namePattern.test(workflow)) {
    const message = `no workflow is named by \`${written}\``;
    const hint = 'name each one that it may call: workflow.<id>';
    resolution.report({ code: 'UNKNOWN_TOOL', place, message, hint });
    return 'refused';
  }
  if (workflow === resolution.id) {
    const message = `the workflow \`${workflow}\` would run itself`;
    resolution.report({ code: 'RECURSION', place, message, hint: 'name another workflow' });
    return 'refused';
  }
  if (refuseDenied(workflow, place, resolution)) return 'refused';
  resolution.requires.workflows.add(workflow);
  return { name: written, workflow };
}

/** Whether rules on names keep a workflow from being run, by an agent or by a step; that is reported. */
export function refuseDenied(workflow: string, place: Place, resolution: Resolution): boolean {
  if (resolution.connections.has(family)) return false;
  const written = `${family}.${workflow}`;
  const rule = ruleNaming(resolution.deny, { written, uses: written });
  if (rule === undefined) return false;
  const message = `\`${written}\` is denied by \`${rule}\` under \`permissions\``;
  resolution.report({ code: 'TOOL_DENIED', place, message, hint: 'take it off one of the lists' });
  return true;
}
