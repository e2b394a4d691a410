import type { GateSpec, History, ModelSpec } from '@telos/core';

/** The model that a gate's ladder has escalated to by now, or undefined while the step's own model is used. */
export function escalatedModel(gate: GateSpec | undefined, history: History): ModelSpec | undefined {
  let taken = history.rejections;
  let model: ModelSpec | undefined;
  for (const remedy of gate?.onFail ?? []) {
    if (taken <= 0) break;
    if (remedy.do === 'escalate') model = remedy.model;
    taken -= remedy.do === 'repair' ? remedy.times : 1;
  }
  return model;
}
