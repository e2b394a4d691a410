import type { CallRecord, StepPath, ToolCallReport } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

/** Writes the calls of one attempt to the journal, in the order they ended. */
export interface Calls {
  record(report: ToolCallReport): void;
  /** Calls `then` when every call so far is written; at once when there was none. */
  settle(then: () => void): void;
}

export function createCalls(desk: Desk, path: StepPath, attempt: number): Calls {
  let written: Promise<void> | undefined;
  // Of one attempt several parts may make calls, one after the other: drafting, scoring, the gate.
  const known = desk.state.steps.get(path);
  const before = known !== undefined && 'history' in known ? known.history.calls : undefined;
  let index = before?.attempt === attempt ? before.count : 0;

  async function write(number: number, report: ToolCallReport): Promise<void> {
    const { input, output, ...rest } = report;
    const call: CallRecord = {
      ...rest,
      input: await desk.persist(input),
      ...(output === undefined ? {} : { output: await desk.persist(output) }),
    };
    desk.apply({ do: 'recordCall', at: desk.now(), path, attempt, index: number, call });
  }

  return {
    record(report) {
      const number = index++;
      written = (written ?? Promise.resolve()).then(() => write(number, report));
      written.catch(desk.fail);
    },
    settle(then) {
      if (written === undefined) then();
      else written.then(then).catch(desk.fail);
    },
  };
}
