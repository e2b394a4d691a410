/**
 * The end of a block: what it gives meets its rails, then its gate.
 *
 *   given ─> rails of its body's own program, then its own ─> gate ─> succeeded
 *                            │                                 └────> rejected
 *                            └────> failed, or a person is asked
 */
import { addUsage, timeoutKey } from '@telos/core';
import type { At, ErrorRecord, GateResult, GateSpec, Json, Labelling, Payload, StepPath, Usage } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import type { Purse } from '../budget/purse.ts';
import { attemptOf } from '../desk/attempt-of.ts';
import { rejectOutput } from '../gates/rejection.ts';
import { labellingOfError } from '../gates/reasons.ts';
import { labellingOfStart } from '../labels/block-labelling.ts';
import { trusted } from '../labels/labelling.ts';
import { railsBehind } from '../rails/call-rails.ts';
import type { Beside } from '../running/beside.ts';
import { boundedError } from '../running/bounded.ts';
import { hiddenFromAgent, secretsOfCall, textsOfCall, vaultsOfCall } from '../scope/put-back.ts';
import { sourcesOf } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';
import { judgeBlock } from './block-rails.ts';
import type { RailsAt } from './block-rails.ts';
import { judge } from './judging.ts';

/** What a block gives whose body has ended well. */
export type BlockResult = {
  readonly output: Json;
  /** Before the block's `trust`. */
  readonly labelling: Labelling;
  /** The block's own, and what looks up its values. */
  readonly scope: Scope;
  readonly lookup: Lookup;
  /** Of calls that no step inside has made. */
  readonly usage?: Usage | undefined;
};

export interface BlockEnd {
  /** @param inner Rails of the body's own program on what it gives. */
  finish(at: At, result: BlockResult, inner?: readonly RailsAt[]): void;
  /** @param made What it would have given carries; absent: it has given nothing, and its error can quote what it was given. */
  fail(at: At, thrown: ErrorRecord, usage?: Usage, made?: Labelling): void;
}

export function createBlockEnd(beside: Beside, purse: Purse): BlockEnd {
  const { desk } = beside;
  const { state } = desk;

  function finish(at: At, result: BlockResult, inner: readonly RailsAt[] = []): void {
    const { path, step, frame } = at;
    const { scope, lookup } = result;
    // What is hidden from an agent stays so in what it has called.
    const secrets = secretsOfCall(state, frame, step.id);
    const value = secrets === undefined ? result.output : hiddenFromAgent(textsOfCall(secrets, lookup))(result.output);
    desk.drop(timeoutKey(path));
    const labelling = trusted(step, result.labelling);
    const { linked } = desk.contexts.of(frame);
    const own = { rails: railsBehind(step, frame), render: renderIn(linked, { ...scope, output: value }) };
    judgeBlock(beside, purse, {
      at,
      attempt: attemptOf(state, path),
      place: 'output',
      from: [...inner, own],
      value,
      input: null,
      sources: sourcesOf(state, frame, step.reads, lookup),
      labelling: () => labelling,
      onApprove: step.gate === undefined ? 'succeed' : 'go_on',
      onPass: (output, usage) => pass(at, { ...result, output, labelling, usage: sumOf(result.usage, usage) }),
      onBlock: (error, usage) => fail(at, error, sumOf(result.usage, usage), labelling),
    });
  }

  /** It has passed its rails. */
  function pass(at: At, passed: BlockResult): void {
    const { output, labelling, usage } = passed;
    const { gate } = at.step;
    if (gate !== undefined) {
      askGate(at, gate, passed);
      return;
    }
    const spent = usage === undefined ? {} : { usage };
    desk.store(output, (payload) => succeed(at.path, payload, labelling, spent));
  }

  function askGate(at: At, gate: GateSpec, { output, labelling, scope, lookup, usage: before }: BlockResult): void {
    const { path, step, frame } = at;
    const attempt = attemptOf(state, path);
    judge(beside, purse, gate, {
      at,
      attempt,
      scope,
      output,
      labelling,
      sources: sourcesOf(state, frame, step.reads, lookup),
      onEnd: (judged, ofGate) => {
        const usage = sumOf(ofGate, before);
        if ('error' in judged) {
          fail(at, judged.error, usage, labelling);
          return;
        }
        const spent = usage === undefined ? {} : { usage };
        desk.store(output, (payload) => {
          if (judged.passed) succeed(path, payload, labelling, { gate: judged, ...spent });
          else
            rejectOutput(desk, {
              path,
              step,
              frame,
              attempt,
              output: payload,
              gate: judged,
              scope,
              labelling,
              ...spent,
            });
        });
      },
    });
  }

  function succeed(
    path: StepPath,
    output: Payload,
    labelling: Labelling,
    judged: { readonly gate?: GateResult; readonly usage?: Usage },
  ): void {
    const attempt = attemptOf(state, path);
    desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt, output, labelling, ...judged });
  }

  function fail(at: At, thrown: ErrorRecord, usage?: Usage, made?: Labelling): void {
    const { path, step, frame } = at;
    desk.drop(timeoutKey(path));
    const labelling = labellingOfError(desk, at, thrown, made ?? trusted(step, labellingOfStart(desk, at)));
    const spent = { labelling, ...(usage === undefined ? {} : { usage }) };
    const attempt = attemptOf(state, path);
    const settle = (shown: ErrorRecord): void => {
      const error = boundedError(desk.contexts.of(frame).rendering.hide(shown));
      desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random: desk.deps.random(), ...spent });
    };
    const secrets = secretsOfCall(state, frame, step.id);
    if (secrets === undefined) settle(thrown);
    else
      desk.read({ path, frame, reads: [], more: vaultsOfCall(state, frame, step.id) }, (_scope, lookup) =>
        settle(hiddenFromAgent(textsOfCall(secrets, lookup))(thrown)),
      );
  }

  return { finish, fail };
}

export function renderIn(linked: Linked, scope: Scope): RailsAt['render'] {
  return (template) => linked.render(template, scope);
}

function sumOf(left: Usage | undefined, right: Usage | undefined): Usage | undefined {
  return left === undefined ? right : addUsage(left, right);
}
