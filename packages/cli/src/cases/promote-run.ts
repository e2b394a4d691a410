/**
 * Makes a test of a run that has ended: what it was given and told, what its
 * calls gave, what came of it. The run is made once more by that, so that the
 * test passes as it is handed out.
 */
import { readFold, readPayload } from '@telos/api/trace';
import type { ReadRun } from '@telos/api/trace';
import { TelosError } from '@telos/core';
import type { Json, JsonObject, Program, Recorded, RunId, Store } from '@telos/core';
import { loadProgram } from '@telos/language';
import type { CassetteCase, GivenDecision } from '@telos/language';
import type { Engine } from '../compose/engine.ts';
import type { AnsweredCall } from '../outside/answers.ts';
import { createMasks, maskedCalls, maskedInputs, maskedValue, withoutMasked } from '../outside/mask-private.ts';
import type { Hide, Masks } from '../outside/mask-private.ts';
import { callsOfRun } from './calls-of-run.ts';
import { repeat } from './record-case.ts';
import type { CaseRun, CaseWorld } from './run-case.ts';

export type PromoteOptions = {
  readonly store: Store;
  readonly world: Omit<CaseWorld, 'program'>;
  /** Whether private values stay as they are. */
  readonly keepsPrivate: boolean;
};

export type Promoted = {
  /** The workflow: its id, its text as it was compiled, absent where that is not stored, and its hash. */
  readonly workflow: string;
  readonly source?: string;
  readonly hash: string;
  /** Of the case, as a test file has it. */
  readonly case: JsonObject;
  readonly cassette: CassetteCase;
  /** Texts that were masked. */
  readonly masked: number;
};

/** @throws TelosError RUN_NOT_FOUND; RUN_UNFINISHED; TEST_NOT_REPEATABLE when it takes another way, or too long, when it is made once more. */
export async function promoteRun(run: RunId, { store, world, keepsPrivate }: PromoteOptions): Promise<Promoted> {
  const found = await readFold(store.journal, run);
  if (found === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`, { details: { run } });
  const { folded, events } = found;
  if (folded.endedAt === undefined)
    throw new TelosError('RUN_UNFINISHED', `Run ${run} has not ended: it is ${folded.status}.`, {
      details: { run },
      next: 'Wait for its end, or cancel it.',
    });
  const { created } = folded;
  const stored = await store.programs.get(created.program);
  if (stored === undefined)
    throw new TelosError('WORKFLOW_NOT_FOUND', `The workflow of run ${run} is not stored any more.`);
  const program = loadProgram(stored.program, created.program);
  const read = async (payload: Parameters<typeof readPayload>[1]): Promise<Json> =>
    withoutRun(await readPayload(store.blobs, payload), run);

  const masks = createMasks();
  // The engine writes inputs as a map.
  const inputs = (await read(created.inputs)) as JsonObject;
  const calls = await callsOfRun(events, read);
  const own = {
    inputs: keepsPrivate ? inputs : maskedInputs(masks, inputs, program.inputs),
    decisions: await decisionsOf(found, read, keepsPrivate ? undefined : masks),
    calls: keepsPrivate ? calls : maskedCalls(masks, calls, folded.steps),
  };
  // What was masked in one place may have been repeated in another that carries no label.
  const hide = withoutMasked(masks);
  const decisions = Object.fromEntries(
    Object.entries(own.decisions).map(([step, list]) => [step, list.map((one) => decisionWithout(one, hide))]),
  );
  const signals = await signalsOf(events, async (payload) => hide(await read(payload)));
  const given = {
    inputs: hide<JsonObject>(own.inputs),
    now: created.at,
    mocks: {},
    decisions,
    signals,
    live: [],
  };
  const masked = callsWithout(own.calls, hide);
  const repeated = await repeat(given, masked, folded, masks, {
    ...world,
    program: (engine) => placed(engine, store, created, program),
  }).catch((error: unknown) => {
    if (!(error instanceof DOMException) || error.name !== 'TimeoutError') throw error;
    throw new TelosError(
      'TEST_NOT_REPEATABLE',
      `Run ${run} did not come to its end in time when it was made once more.`,
    );
  });
  return {
    workflow: program.id,
    ...(stored.source === undefined ? {} : { source: stored.source }),
    hash: created.program,
    masked: repeated.masked,
    cassette: { workflow: created.program, calls: repeated.calls },
    case: {
      description: `As run ${run} went.`,
      inputs: given.inputs,
      now: new Date(created.at).toISOString(),
      ...(Object.keys(decisions).length === 0 ? {} : { decisions: written(decisions) }),
      ...(Object.keys(signals).length === 0 ? {} : { signals }),
      expect: expectationOf(repeated.run, program),
    },
  };
}

/** The programs of the run, put where the test finds them. */
async function placed(
  { store: inMemory, clock }: Engine,
  store: Store,
  { program: hash, workflows = {} }: ReadRun['folded']['created'],
  program: Program,
): ReturnType<CaseWorld['program']> {
  for (const [id, pinned] of Object.entries(workflows)) {
    const other = await store.programs.get(pinned);
    if (other === undefined) continue;
    await inMemory.programs.put(other);
    await inMemory.programs.publish(id, pinned, clock.now());
  }
  const own = await store.programs.get(hash);
  return {
    inHand: {
      program,
      hash,
      keep: async () => {
        if (own !== undefined) await inMemory.programs.put(own);
      },
    },
  };
}

/** What was said by people, by the path of the step that asked; in order where it asked several times. */
async function decisionsOf(
  { events, folded }: Pick<ReadRun, 'events' | 'folded'>,
  read: (payload: Parameters<typeof readPayload>[1]) => Promise<Json>,
  masks: Masks | undefined,
): Promise<{ readonly [step: string]: readonly GivenDecision[] }> {
  const decisions: { [step: string]: GivenDecision[] } = {};
  const add = (path: string, decision: GivenDecision): void => void (decisions[path] ??= []).push(decision);
  const isPrivate = (path: string): boolean => folded.steps.get(path)?.labels.includes('private') === true;
  /** Steps of which a person was shown something private. */
  const shown = new Set<string>();
  const hidden = (value: Json): Json => (masks === undefined ? value : maskedValue(masks, value));
  for (const { event } of events) {
    if (event.type === 'wait.opened' && event.labels?.includes('private') === true) shown.add(event.path);
    if (event.type === 'step.resolved') {
      const { path, as, note, by } = event;
      const succeeded = events.find(
        ({ event: each }) => each.type === 'step.succeeded' && each.path === path && each.attempt === event.attempt,
      )?.event;
      const value = as === 'succeed' && succeeded?.type === 'step.succeeded' ? await read(succeeded.output) : undefined;
      const said = (given: Json) => (isPrivate(path) ? hidden(given) : given);
      add(path, { decision: as, ...(value === undefined ? {} : { value: said(value) }), ...noted(note, by, said) });
    }
    if (event.type !== 'wait.closed' || !('decision' in event.closing)) continue;
    const { path, closing } = event;
    const value = closing.value === undefined ? undefined : await read(closing.value);
    add(path, {
      decision: closing.decision,
      ...(value === undefined ? {} : { value: isPrivate(path) ? hidden(value) : value }),
      ...noted(closing.note, closing.by, (note) => (isPrivate(path) || shown.has(path) ? hidden(note) : note)),
    });
  }
  return decisions;
}

/** @param said What a person may read of the note. */
function noted(
  note: string | undefined,
  by: string | undefined,
  said: (note: Json) => Json,
): Pick<GivenDecision, 'note' | 'as'> {
  // With a comma it would be read as a name with roles.
  const as = by?.replaceAll(',', '');
  const text = note === undefined ? undefined : said(note);
  return { ...(typeof text === 'string' ? { note: text } : {}), ...(as === undefined ? {} : { as }) };
}

function decisionWithout({ note, value, ...decision }: GivenDecision, hide: Hide): GivenDecision {
  return {
    ...decision,
    ...(value === undefined ? {} : { value: hide(value) }),
    ...(note === undefined ? {} : { note: hide(note) }),
  };
}

function callsWithout(calls: readonly AnsweredCall[], hide: Hide): readonly AnsweredCall[] {
  return calls.map(({ gives, error, ...call }) => ({
    ...call,
    ...(gives === undefined ? {} : { gives: hide(gives) }),
    ...(error === undefined ? {} : { error: hide(error) }),
  }));
}

async function signalsOf(
  events: readonly Recorded[],
  read: (payload: Parameters<typeof readPayload>[1]) => Promise<Json>,
): Promise<JsonObject> {
  const signals: { [name: string]: Json } = {};
  const waited = new Map<string, string>();
  for (const { event } of events) {
    if (event.type === 'signal.received') signals[event.name] = await read(event.payload);
    if (event.type === 'wait.opened' && event.wait.kind === 'signal') waited.set(event.path, event.wait.name);
    const name = event.type === 'wait.closed' && 'signal' in event.closing ? waited.get(event.path) : undefined;
    if (name !== undefined && event.type === 'wait.closed' && 'signal' in event.closing)
      signals[name] = await read(event.closing.payload);
  }
  return signals;
}

function written(decisions: { readonly [step: string]: readonly GivenDecision[] }): JsonObject {
  return Object.fromEntries(
    Object.entries(decisions).map(([step, list]) => {
      const each = list.map((one): Json => ({ ...one }));
      return [step, each.length === 1 ? (each[0] ?? null) : each];
    }),
  );
}

/** Outputs whose text is longer are for a person to say something of. */
const longestOutput = 2000;

function expectationOf({ status, outputs, error, steps, usage }: CaseRun, program: Program): JsonObject {
  const own = new Set(program.steps.map(({ id }) => id));
  const shown = Object.entries(outputs).filter(([, value]) => JSON.stringify(value).length <= longestOutput);
  return {
    status,
    ...(shown.length === 0 ? {} : { outputs: Object.fromEntries(shown) }),
    ...(error === undefined ? {} : { error: error.code }),
    steps: Object.fromEntries(steps.filter(({ path }) => own.has(path)).map((step) => [step.path, step.status])),
    ...(usage.calls === 0 ? {} : { at_most: { calls: usage.calls } }),
  };
}

/** The run's own id is another one each time. */
function withoutRun(value: Json, run: RunId): Json {
  // Safe: replacing text inside JSON text by text without quotes leaves JSON.
  return JSON.parse(JSON.stringify(value).replaceAll(run, '<run.id>')) as Json;
}
