import type { ErrorRecord, RunStatus } from '@telos/core';

/** What the process ends with. Scripts lean on these numbers. */
export const exitCodes = { succeeded: 0, failed: 1, invalid: 2, waiting: 3, cancelled: 130 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit code of a command that followed a run until it was in this state. */
export function exitCodeOf(status: RunStatus): ExitCode {
  switch (status) {
    case 'succeeded':
      return exitCodes.succeeded;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'waiting':
    case 'paused':
      return exitCodes.waiting;
    case 'pending':
    case 'running':
    case 'failed':
      return exitCodes.failed;
  }
}

/**
 * The exit code of a command that could not do what it was asked: 2 when the
 * asking has to change (a terminal error), 1 when it may work another time or
 * the store is at fault.
 */
export function exitCodeOfError({ code, kind }: Pick<ErrorRecord, 'code' | 'kind'>): ExitCode {
  if (code === 'CANCELLED') return exitCodes.cancelled;
  return kind === 'terminal' && !code.startsWith('STORE_') ? exitCodes.invalid : exitCodes.failed;
}
