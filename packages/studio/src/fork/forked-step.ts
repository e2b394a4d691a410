import { locations } from '@telos/contract';
import type { ForkRequest, PayloadView, RunDetail, StepDetail } from '@telos/contract';
import { request } from '../server/request.ts';
import { valueFields } from './value-fields.ts';
import type { ValueField } from './value-fields.ts';

export type SideEffects = NonNullable<ForkRequest['side_effects']>;

/** What can be changed when a run is done again from a step on. */
export type ForkedStep = {
  readonly workflow: string;
  readonly input: readonly ValueField[];
  /** Empty when it gave none, so that there is nothing to keep. */
  readonly output: readonly ValueField[];
  /** Of the run. */
  readonly inputs: readonly ValueField[];
  /** What steps with an effect do unless it is said otherwise. */
  readonly sideEffects: SideEffects;
};

/** Values larger than this are not put into a field. */
const mostBytes = 200_000;

export async function readForkedStep(run: string, path: string, signal: AbortSignal): Promise<ForkedStep> {
  const [detail, step] = await Promise.all([
    request<RunDetail>(locations.run(run), { signal }),
    request<StepDetail>(locations.step(run, path), { signal }),
  ]);
  const fieldsOf = async (key: string, name: string, payload: PayloadView | undefined) => {
    if (payload === undefined || ('blob' in payload && payload.bytes > mostBytes)) return [];
    const value = 'value' in payload ? payload.value : await request(locations.artifact(payload.blob), { signal });
    return valueFields(key, name, value);
  };
  const given = detail.inputs === undefined ? detail.inputs_ref : { value: detail.inputs };
  // The input of a block is not rendered as one value.
  const [input, output, inputs] = await Promise.all([
    fieldsOf(`steps.${path}.input`, 'Input', step.kind === 'action' ? step.input : undefined),
    fieldsOf(`steps.${path}.output`, 'Output', step.status === 'succeeded' ? step.output : undefined),
    fieldsOf('inputs', 'Inputs', given),
  ]);
  return {
    workflow: detail.workflow,
    input,
    output,
    inputs: inputs.filter(({ key }) => key !== 'inputs'),
    sideEffects: detail.fork?.side_effects ?? 'live',
  };
}
