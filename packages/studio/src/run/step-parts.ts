/** What a step is made of as the studio shows it: attempts, calls and waits. */
import type { CallView, UsageView } from '@telos/contract';

export type CallNode = {
  readonly kind: CallView['kind'];
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
  readonly usage?: UsageView;
};

export type AttemptStatus = 'running' | 'succeeded' | 'failed' | 'rejected' | 'cancelled';

export type AttemptNode = {
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly calls: readonly CallNode[];
};

/**
 * A stretch of time in which a step did not work. `person`: a decision; `limit`: its turn at a model or provider.
 */
export type WaitNode = {
  readonly for: 'person' | 'signal' | 'time' | 'limit';
  readonly startedAt: number;
  /** Absent while it goes on. */
  readonly endedAt?: number;
};
