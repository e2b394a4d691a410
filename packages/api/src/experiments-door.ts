import type { ExperimentDetail, ExperimentRequest, ExperimentStarted, ExperimentSummary } from '@telos/contract';

/** Who carries experiments out: the composition root knows how. */
export interface ExperimentsDoor {
  /**
   * Begins an experiment, or finds the same one under way or stopped.
   * @throws TelosError EXPERIMENT_INVALID with every fault in `details.faults`; what keeps every run of it from starting.
   */
  start(request: ExperimentRequest): Promise<ExperimentStarted>;
  /** Newest first. @param experiment Of this name alone. */
  list(experiment?: string): Promise<readonly ExperimentSummary[]>;
  get(id: string): Promise<ExperimentDetail | undefined>;
  /** False when there is none. Of one that is not under way, nothing changes. */
  stop(id: string): Promise<boolean>;
}
