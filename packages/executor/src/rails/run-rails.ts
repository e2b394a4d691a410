/**
 * The rails of a run as a whole.
 *
 * Its input was judged at the door that let it in; here nothing begins unless it
 * passed, and a person is asked where a rail asks. Its output is judged when all
 * is done: what is blocked fails the run, and is given to nobody.
 */
import { errorRecordOf, rootFrame, runInput, runOutput, TelosError } from '@telos/core';
import type { ActionStep, At, ErrorRecord, Json, JsonObject, Labels, Payload, StepPath } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import type { ActiveStep } from '../active-step.ts';
import type { Desk } from '../desk.ts';
import { hasPassed, waitFor } from './asked.ts';
import { judgeBlock } from './block-rails.ts';

export interface RunRails {
  /** Whether the run's input may go in: until then nothing begins. */
  isLetIn(): boolean;
  /** Asks about the input, and ends the run when that is settled. */
  check(): void;
  /** The run succeeds with these outputs, or with what its rails leave of them, or fails. */
  succeed(outputs: Json, seen: () => Seen): void;
  busy(): number;
  stopAll(reason: () => Error): void;
}

/** What the expressions of the outputs saw. */
export type Seen = {
  readonly scope: Scope;
  readonly sources: JsonObject;
  readonly labels: Labels;
};

/** Stands where a step is asked for: nothing is retried, and nothing tolerated. */
const outputStep: ActionStep = {
  kind: 'action',
  id: runOutput,
  uses: '',
  with: {},
  after: [],
  reads: [],
  onError: 'fail',
};
const outputAt: At = { path: runOutput, step: outputStep, frame: { path: rootFrame, steps: [] } };

export function createRunRails(desk: Desk, linked: Linked): RunRails {
  const { state } = desk;
  const { input = [], output = [] } = linked.program.rails ?? {};
  const active = new Map<StepPath, ActiveStep>();

  function isLetIn(): boolean {
    return (
      input.length === 0 ||
      hasPassed(state.rails.get(runInput)?.input) ||
      state.steps.get(runInput)?.status === 'succeeded'
    );
  }

  function checkInput(): void {
    const at = desk.now();
    const { ending } = state;
    if (ending !== undefined) {
      // Nothing has begun, so nothing is left to be done at the end.
      if ('cancelled' in ending) desk.apply({ do: 'cancel', at, reason: ending.cancelled });
      else desk.apply({ do: 'fail', at, error: 'failed' in ending ? ending.failed : unjudged() });
      return;
    }
    const judged = state.rails.get(runInput)?.input;
    const step = state.steps.get(runInput);
    if (step?.status === 'failed') desk.apply({ do: 'fail', at, error: step.error });
    else if (judged?.outcome !== 'ask') desk.apply({ do: 'fail', at, error: judged?.error ?? unjudged() });
    else if (step === undefined) {
      const wait = waitFor('input', input, judged.verdicts, state.inputs, 'succeed');
      const labels = state.inputLabels;
      desk.apply({ do: 'startStep', at, path: runInput, attempt: 1, labels });
      desk.apply({ do: 'openWait', at, path: runInput, attempt: 1, wait, labels });
    }
  }

  function checkOutput(): void {
    const step = state.steps.get(runOutput);
    const at = desk.now();
    if (step?.status === 'succeeded') desk.apply({ do: 'succeed', at, outputs: step.output });
    else if (step?.status === 'failed') desk.apply({ do: 'fail', at, error: step.error });
  }

  return {
    isLetIn,
    check() {
      if (!isLetIn()) checkInput();
      else if (output.length > 0) checkOutput();
    },
    succeed(outputs, seen) {
      if (output.length === 0) {
        desk.store(outputs, (payload) => void desk.apply({ do: 'succeed', at: desk.now(), outputs: payload }));
        return;
      }
      const { scope, sources, labels } = seen();
      const known = state.steps.get(runOutput);
      if (known === undefined) desk.apply({ do: 'startStep', at: desk.now(), path: runOutput, attempt: 1, labels });
      // What waits for a person, or is settled, is `check`'s affair.
      else if (known.status !== 'running' || active.has(runOutput)) return;
      judgeBlock(desk, active, {
        at: outputAt,
        attempt: 1,
        place: 'output',
        from: [{ rails: output, render: (template) => linked.render(template, { ...scope, output: outputs }) }],
        value: outputs,
        input: scope['inputs'] ?? null,
        sources,
        labels: () => labels,
        onApprove: 'succeed',
        onPass: (value, usage) =>
          desk.store(value, (payload: Payload) => {
            const spent = usage === undefined ? {} : { usage };
            const of = { at: desk.now(), path: runOutput, attempt: 1 };
            desk.apply({ do: 'succeedStep', ...of, output: payload, labels, ...spent });
            checkOutput();
          }),
        onBlock(error, usage) {
          const spent = usage === undefined ? {} : { usage };
          const of = { at: desk.now(), path: runOutput, attempt: 1 };
          desk.apply({ do: 'failStep', ...of, step: outputStep, error, random: 0, ...spent });
          checkOutput();
        },
      });
    },
    busy: () => active.size,
    stopAll(reason) {
      for (const step of active.values()) step.stop(reason());
      active.clear();
    },
  };

  function unjudged(): ErrorRecord {
    const message = `Run ${state.id} has rails on its input, and was let in by a door that does not know them.`;
    return errorRecordOf(new TelosError('RAIL_FAILED', message, { kind: 'terminal', next: 'Start it again.' }));
  }
}
