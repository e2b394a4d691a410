/** Follows a run until it ends: JSON lines for a program, the live tree for a person. */
import { eventView } from '@telos/api/trace';
import type { Live, Recorded, RunId, RunStatus, Store } from '@telos/core';
import type { Terminal } from '../terminal.ts';
import { startLiveView } from './live-view.ts';
import { problemText } from './problem-text.ts';
import { Progress } from './progress.ts';
import { readOutputs, resultLines, resultObject } from './run-result.ts';
import type { Writer } from './writer.ts';

export type Following = {
  readonly store: Pick<Store, 'journal' | 'blobs'>;
  /** Present when the run may be carried out by this process: then text is shown as it is made. */
  readonly live?: Live;
  readonly run: RunId;
  readonly terminal: Terminal;
  readonly writer: Writer;
  /** Ends the following before the run has ended. */
  readonly signal: AbortSignal;
};

/**
 * @returns The status the run ended with; undefined when `signal` came first.
 * The last JSON line is the result; a person gets the outputs and what they cost.
 */
export async function followRun({
  store,
  live,
  run,
  terminal,
  writer,
  signal,
}: Following): Promise<RunStatus | undefined> {
  const progress = new Progress();
  const view = writer.isJson ? undefined : startLiveView(terminal, progress);
  const unsubscribe = live?.subscribe(run, (part) => {
    progress.show(part);
    writer.object({ type: 'live', part: part.type, ...withoutType(part), run_id: run });
  });
  let ended: RunStatus | undefined;
  let last = 0;
  const take = (recorded: Recorded): void => {
    last = recorded.seq;
    progress.apply(recorded.event);
    writer.object(eventView(recorded));
    if (progress.endedAt !== undefined) ended = progress.status;
  };
  try {
    for await (const recorded of store.journal.follow(run, 0, signal)) take(recorded);
    // What is stored and was not told yet belongs to what is shown.
    if (signal.aborted) for await (const recorded of store.journal.read(run, last)) take(recorded);
  } finally {
    unsubscribe?.();
    view?.end();
  }
  if (ended === undefined) return undefined;
  const outputs = await readOutputs(store.blobs, progress.outputs);
  if (writer.isJson && progress.error !== undefined) terminal.complain(problemText(progress.error));
  writer.object(resultObject(run, progress, outputs));
  writer.lines(...resultLines(run, progress, outputs));
  return ended;
}

function withoutType<T extends { readonly type: string }>({ type: _, ...rest }: T): Omit<T, 'type'> {
  return rest;
}
