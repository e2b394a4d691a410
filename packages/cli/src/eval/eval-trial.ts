/** A trial as it is kept and printed: what the figures need, and where to look. */
import { ExperimentTrial, UsageView } from '@telos/contract';

export const UsageAmounts = UsageView;
export const EvalTrial = ExperimentTrial;
export type EvalTrial = ExperimentTrial;
