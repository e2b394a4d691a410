/**
 * The rails of a run as a whole.
 *
 * Its input was judged at the door that let it in; here nothing begins unless it
 * passed, and a person is asked where a rail asks. Its output is judged when all
 * is done: what is blocked fails the run, and is given to nobody.
 */
import { errorRecordOf, rootFrame, runInput, runOutput, TelosError } from '@telos/core';
import type { ActionStep, At, ErrorRecord, Json, JsonObject, Labelling, Payload, RailUse, Template } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { Beside } from '../running/beside.ts';
import type { Desk } from '../desk/desk.ts';
import { hasPassed, waitFor } from '../rails/asked.ts';
import { outputRead, vaultsOfOutput } from '../scope/put-back.ts';
import type { Purse } from '../budget/purse.ts';
import { judgeBlock } from '../beside/block-rails.ts';
import type { BlockRails } from '../beside/block-rails.ts';

/** What the expressions of the outputs saw. */
type Seen = {
  readonly scope: Scope;
  readonly sources: JsonObject;
  readonly labelling: Labelling;
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
const none: readonly never[] = [];
const outputAt: At = { path: runOutput, step: outputStep, frame: { path: rootFrame, steps: [] } };

export class RunRails {
  readonly #desk: Desk;
  readonly #linked: Linked;
  readonly #purse: Purse;
  readonly #input: readonly RailUse[];
  readonly #output: readonly RailUse[];
  readonly #beside: Beside;

  constructor(desk: Desk, linked: Linked, purse: Purse) {
    const { input = none, output = none } = linked.program.rails ?? {};
    this.#desk = desk;
    this.#beside = new Beside(desk);
    this.#linked = linked;
    this.#purse = purse;
    this.#input = input;
    this.#output = output;
  }

  /** Whether the run's input may go in: until then nothing begins. */
  isLetIn(): boolean {
    if (this.#input.length === 0) return true;
    const { rails, steps } = this.#desk.state;
    return hasPassed(rails.get(runInput)?.input) || steps.get(runInput)?.status === 'succeeded';
  }

  /** Asks about the input, and ends the run when that, or what became of its output, is settled. */
  check(): void {
    if (!this.isLetIn()) this.#checkInput();
    else if (this.#output.length > 0) this.#checkOutput();
  }

  /** The run succeeds with these outputs, or with what its rails leave of them, or fails. */
  succeed(outputs: Json, seen: () => Seen): void {
    const desk = this.#desk;
    if (this.#output.length === 0) {
      this.#give({ value: outputs });
      return;
    }
    const known = desk.state.steps.get(runOutput);
    // What waits for a person, or is settled, is `check`'s affair.
    if (known !== undefined && (known.status !== 'running' || this.#beside.isBusy(runOutput))) return;
    const { scope, sources, labelling } = seen();
    const of = { path: runOutput, attempt: 1 } as const;
    if (known === undefined) desk.apply({ do: 'startStep', at: desk.now(), ...of, labelling });
    const render = (template: Template): Json => this.#linked.render(template, { ...scope, output: outputs });
    const outputRails: BlockRails = {
      at: outputAt,
      attempt: 1,
      place: 'output',
      from: [{ rails: this.#output, render }],
      value: outputs,
      input: scope['inputs'] ?? null,
      sources,
      labelling: () => labelling,
      onApprove: 'succeed',
      onPass: (value, usage) =>
        desk.store(value, (output) => {
          const spent = usage === undefined ? {} : { usage };
          desk.apply({ do: 'succeedStep', at: desk.now(), ...of, output, labelling, ...spent });
          this.#checkOutput();
        }),
      onBlock: (error, usage) => {
        const spent = usage === undefined ? {} : { usage };
        // Why it was blocked may quote it.
        desk.apply({ do: 'failStep', at: desk.now(), ...of, step: outputStep, error, random: 0, labelling, ...spent });
        this.#checkOutput();
      },
    };
    judgeBlock(this.#beside, this.#purse, outputRails);
  }

  busy(): number {
    return this.#beside.size;
  }

  stopAll(reason: () => Error): void {
    this.#beside.stopAll(reason);
  }

  #checkInput(): void {
    const desk = this.#desk;
    const { state } = desk;
    const { ending } = state;
    const at = desk.now();
    if (ending !== undefined) {
      // Nothing has begun, so nothing is left to be done at the end.
      if ('cancelled' in ending) desk.apply({ do: 'cancel', at, reason: ending.cancelled });
      else desk.apply({ do: 'fail', at, error: 'failed' in ending ? ending.failed : this.#unjudged() });
      return;
    }
    const judged = state.rails.get(runInput)?.input;
    const step = state.steps.get(runInput);
    if (step?.status === 'failed') desk.apply({ do: 'fail', at, error: step.error });
    else if (judged?.outcome !== 'ask') desk.apply({ do: 'fail', at, error: judged?.error ?? this.#unjudged() });
    else if (step === undefined) {
      const wait = waitFor('input', this.#input, judged.verdicts, state.inputs, 'succeed');
      const labels = state.inputLabels;
      const labelling = state.inputLabelling;
      desk.apply({ do: 'startStep', at, path: runInput, attempt: 1, labels, labelling });
      desk.apply({ do: 'openWait', at, path: runInput, attempt: 1, wait, labels, labelling });
    }
  }

  #checkOutput(): void {
    const desk = this.#desk;
    const step = desk.state.steps.get(runOutput);
    if (step?.status === 'succeeded') this.#give(step.output);
    else if (step?.status === 'failed') desk.apply({ do: 'fail', at: desk.now(), error: step.error });
  }

  /** What rails have hidden of the run's input, and put back, comes in here: behind all that looks at what goes out. */
  #give(outputs: Payload): void {
    const desk = this.#desk;
    const succeed = (payload: Payload): void => void desk.apply({ do: 'succeed', at: desk.now(), outputs: payload });
    const vaults = vaultsOfOutput(desk.state, runInput);
    if (vaults.length === 0) {
      if ('value' in outputs) desk.store(outputs.value, succeed);
      else succeed(outputs);
      return;
    }
    const more = [outputs, ...vaults];
    desk.read({ path: runOutput, frame: outputAt.frame, reads: [], more }, (_scope, lookup) =>
      desk.store(outputRead(desk.state, runInput, outputs, lookup), succeed, { path: runOutput }),
    );
  }

  #unjudged(): ErrorRecord {
    const message = `Run ${this.#desk.state.id} has rails on its input, and was let in by a door that does not know them.`;
    return errorRecordOf(new TelosError('RAIL_FAILED', message, { kind: 'terminal', next: 'Start it again.' }));
  }
}
