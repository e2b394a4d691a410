/**
 * Carries out the runs of an experiment, several at a time, and judges what
 * each gives. Every one is an ordinary run, found again by its key when the
 * same experiment goes on after it was stopped.
 */
import type { RunId } from '@telos/core';
import type { Cell } from '@telos/language';
import type { NextStep } from '../output/next-steps.ts';
import { carryOutCell } from './carry-out-cell.ts';
import type { CellDeps } from './carry-out-cell.ts';
import type { Ledger } from './ledger.ts';

export type RunCellsOptions = CellDeps & {
  readonly cells: readonly Cell[];
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
};

export type Carried = {
  /** Runs that wait for somebody, each with what for. */
  readonly waiting: readonly { readonly run: RunId; readonly needs: readonly NextStep[] }[];
  /** Cells that were not made, or stopped half way, for want of budget. */
  readonly withoutBudget: number;
};

/** @throws TelosError as `startProgram` does for what fails every row; an abort ends it without an error. */
export async function runCells(options: RunCellsOptions): Promise<Carried> {
  const { engine, experiment, cells, kept, ledger, signal } = options;
  const waiting: Carried['waiting'][number][] = [];
  let withoutBudget = 0;
  let next = 0;
  const failed = new AbortController();
  const stopping = AbortSignal.any([signal, failed.signal]);

  async function work(): Promise<void> {
    while (next < cells.length && !stopping.aborted) {
      const cell = cells[next++];
      if (cell === undefined || kept.trials.has(cell.key)) continue;
      const share = ledger.share(engine.clock.now());
      if (share === undefined) {
        withoutBudget += 1;
        continue;
      }
      const outcome = await carryOutCell(options, cell, share, stopping);
      if (outcome.is === 'stopped') withoutBudget += 1;
      if (outcome.is === 'waiting') waiting.push(outcome);
    }
  }
  const places = Math.min(experiment.concurrency, Math.max(1, cells.length));
  try {
    await Promise.all(
      Array.from({ length: places }, () =>
        work().catch((error: unknown) => {
          failed.abort(error);
          throw error;
        }),
      ),
    );
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { waiting, withoutBudget };
}
