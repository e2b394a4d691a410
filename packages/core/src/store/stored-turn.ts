import { z } from 'zod';
import type { RunId } from '../ids.ts';
import { priorities } from '../ports/turn.ts';
import type { Turn } from '../ports/turn.ts';
import { turnOf } from '../run/state.ts';
import { storedRow } from './stored-row.ts';

const TurnRow = z.object({ id: z.string(), namespace: z.string(), priority: z.enum(priorities) });

/** @param rows With the columns `id`, `namespace` and `priority` of a run each. */
export function turnsOfRows(rows: readonly unknown[]): ReadonlyMap<RunId, Required<Turn>> {
  return new Map(
    rows.map((row) => {
      const { id, ...of } = storedRow(TurnRow, row, 'the list of runs');
      return [id, turnOf(of)];
    }),
  );
}
