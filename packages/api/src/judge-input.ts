/**
 * The rails of a run's input, at the door: before anything of it is stored.
 *
 * What is blocked starts no run, and what is redacted never reaches the journal.
 * The answers are stored with `run.created`; a worker begins no run without them.
 */
import { errorRecordOf, inline, judgeRails, railsResult, runInput, TelosError } from '@telos/core';
import type {
  AnyCheck,
  Blobs,
  Clock,
  ErrorCode,
  Instant,
  Json,
  JsonObject,
  Labels,
  RailsJudged,
  RunEvent,
  RunId,
  Turn,
  Vaults,
} from '@telos/core';
import { configuredModels, judgesMayHave } from '@telos/language';
import type { Linked } from '@telos/language';
import { storePayload } from './store-payload.ts';

export type JudgeInputDeps = {
  readonly checks: ReadonlyMap<string, AnyCheck>;
  /** Shared with the workers of the process, so that a run has one vault. */
  readonly vaults: Vaults;
  readonly clock: Clock;
  /** For what may be put back; absent: it stands in the event. */
  readonly blobs?: Pick<Blobs, 'put'> | undefined;
  /** Hosts that the installation lets have private data; default those of the configured model providers. */
  readonly privateHosts?: readonly string[] | undefined;
};

export type JudgedInput = {
  readonly inputs: JsonObject;
  /** To be stored with `run.created`; none where the program has no such rails. */
  readonly events: readonly RunEvent[];
};

export type Coming = {
  readonly run: RunId;
  readonly at: Instant;
  readonly turn: Turn;
  /** That the inputs come with. */
  readonly labels?: Labels;
};

/** @throws TelosError RAIL_BLOCKED, RAIL_FAILED; then nothing was let in. */
export async function judgeInput(
  { checks, vaults, clock, blobs, privateHosts = configuredModels }: JudgeInputDeps,
  linked: Linked,
  inputs: JsonObject,
  { run, at, turn, labels = [] }: Coming,
): Promise<JudgedInput> {
  const rails = linked.program.rails?.input ?? [];
  if (rails.length === 0) return { inputs, events: [] };
  const { hosts = [] } = linked.program.permissions;
  const guarded = { place: 'input', what: 'the input of the run', value: inputs, input: null, sources: {} } as const;
  const judged = await judgeRails(rails, guarded, {
    checks,
    vault: vaults.of(run, [], { isDrawn: linked.program.restores === true }),
    render: (template) => linked.render(template, { inputs, output: inputs }),
    record: () => {},
    clock,
    signal: new AbortController().signal,
    sharing: { turn },
    keeping: {
      persist: (vault) => (blobs === undefined ? inline(vault) : storePayload(blobs, vault)),
      of: () => runInput,
    },
    mayHave: isPrivate(linked, labels) ? judgesMayHave([[...privateHosts, ...hosts]]) : undefined,
  });
  if (judged.outcome === 'block') {
    vaults.drop(run);
    throw refusal(judged);
  }
  const passed = judged.replaced ? fitting(linked, judged.value) : inputs;
  const event: RunEvent = {
    type: 'rail.judged',
    at,
    path: runInput,
    attempt: 1,
    ...railsResult('input', judged),
    ...(judged.usage === undefined ? {} : { usage: { ...judged.usage } }),
    ...(judged.calls.length === 0 ? {} : { calls: [...judged.calls] }),
  };
  return { inputs: passed, events: [event] };
}

/** Whether any of the inputs is private: those who judge them are shown all. */
function isPrivate({ program }: Linked, labels: Labels): boolean {
  return labels.includes('private') || Object.values(program.inputs).some((input) => input.private === true);
}

/** What takes the place of inputs has to fit where they do. @throws TelosError INPUT_INVALID, RAIL_FAILED. */
function fitting(linked: Linked, value: Json | undefined): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return linked.inputs(value as JsonObject);
  throw new TelosError('RAIL_FAILED', 'A rail put something in place of the inputs that holds no inputs.');
}

function refusal({ error, verdicts }: RailsJudged): TelosError {
  const { code, message, details = {} } = error ?? errorRecordOf(undefined, 'RAIL_BLOCKED');
  const problems = verdicts
    .filter(({ verdict, mode, action }) => verdict !== 'pass' && mode === 'enforce' && action !== 'flag')
    .map(({ check, reason }) => ({ path: 'inputs', code: check, message: reason }));
  // A record that `judgeRails` made of a TelosError.
  return new TelosError(code as ErrorCode, message, { details: { ...details, problems } });
}
