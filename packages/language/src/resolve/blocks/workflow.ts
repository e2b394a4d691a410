import type { Json, WorkflowStep } from '@telos/core';
import { objectField, textField } from '../../text/json-shape.ts';
import { anyJson } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { checkChildInputs } from './child-inputs.ts';
import { refuseDenied } from './workflow-calls.ts';

/** Another workflow as a step. Whether it exists, and takes these inputs, is known for certain when a run is created. */
export function resolveWorkflow(step: Json, site: StepSite): WorkflowStep {
  const { place, resolution, sight } = site;
  const at = [...place, 'workflow'];
  const reads = new Set<string>();
  const written = objectField(step, 'workflow') ?? {};
  const workflow = textField(written, 'id') ?? '';
  const given = objectField(written, 'with') ?? {};
  checkTemplate(given, [...at, 'with'], sight, resolution, reads);
  if (workflow !== '') resolution.requires.workflows.add(workflow);
  if (workflow !== '' && workflow === resolution.id) {
    resolution.report({
      code: 'RECURSION',
      place: [...at, 'id'],
      message: `the workflow \`${workflow}\` runs itself`,
      hint: 'use a `loop` for what repeats, or another workflow',
    });
  }
  if (resolution.options.subset === 'plan') {
    resolution.report({
      code: 'NOT_IN_PLAN',
      place: at,
      at: 'key',
      message: 'a plan may not run a workflow: it was given tools, not workflows',
      hint: 'write its steps',
    });
  }
  if (workflow !== '') refuseDenied(workflow, [...at, 'id'], resolution);
  const child = workflow === '' ? undefined : resolution.options.workflow?.(workflow);
  if (child !== undefined) checkChildInputs(workflow, child, given, site);
  const output = child?.gives ?? anyJson;
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return {
    kind: 'workflow',
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    workflow,
    with: given,
  };
}
