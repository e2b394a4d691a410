/**
 * Carries out one case of a test: an ordinary run of the real engine, in a store
 * in memory, that calls nobody unless calls are to be made.
 */
import { readFold, readPayload } from '@telos/api/trace';
import type { FoldedRun } from '@telos/api/trace';
import { decide, readPerson, signalRun, startProgram } from '@telos/api/runs';
import type { Beside, ProgramInHand } from '@telos/api/runs';
import { errorRecordOf, hasEnded, isTerminal, noUsage, TelosError } from '@telos/core';
import type {
  ErrorRecord,
  Json,
  JsonObject,
  ListedWait,
  RunEvent,
  RunId,
  RunStatus,
  Usage,
  Vault,
  Wait,
} from '@telos/core';
import { namesStep } from '@telos/language';
import type { GivenDecision, OutsideCall, TestCase } from '@telos/language';
import { composeEngine } from '../compose/engine.ts';
import type { Engine } from '../compose/engine.ts';
import type { Config } from '../config/config.ts';
import type { Answers, AnsweredCall } from '../outside/answers.ts';
import { createCourse } from './course.ts';
import { createSkippingClock } from '../outside/skipping-clock.ts';
import { createStage } from '../outside/stage.ts';
import type { Environment } from '../terminal.ts';

export type CaseSpec = Pick<TestCase, 'inputs' | 'now' | 'mocks' | 'decisions' | 'signals'> & {
  readonly live: readonly string[];
  readonly answers: Answers;
  /** Whether calls may really be made. */
  readonly isReal: boolean;
};

export type CaseWorld = {
  readonly config: Config;
  readonly environment: Environment;
  readonly workspace: string;
  /** The workflow, and those that it runs as steps. */
  readonly program: (engine: Engine) => Promise<{ readonly inHand: ProgramInHand; readonly beside?: Beside }>;
  /** Ends the run where it is. */
  readonly signal: AbortSignal;
  /** Told what a person should know. */
  readonly report: (message: string) => void;
};

export type CaseRun = {
  readonly status: RunStatus;
  readonly error?: ErrorRecord;
  readonly outputs: JsonObject;
  readonly steps: readonly CaseStep[];
  readonly usage: Usage;
  /** By the test's own clock. */
  readonly wallMs: number;
  readonly answered: readonly AnsweredCall[];
  readonly calls: readonly OutsideCall[];
  /** What rails have hidden: placeholders, and what they stand for. */
  readonly hidden: Vault;
  /** What went wrong beside the run: a decision that does not fit. */
  readonly problems: readonly string[];
  /** Absent: it was refused at the door. */
  readonly folded?: FoldedRun;
  /** Sentences about what it waits for. */
  readonly waiting: readonly string[];
};

export type CaseStep = {
  readonly path: string;
  readonly status: string;
  readonly attempts: number;
  /** That it began, and was not merely passed over. */
  readonly ran: boolean;
  readonly output?: Json;
  readonly error?: ErrorRecord;
  readonly usage: Usage;
  readonly gate?: JsonObject;
};

/** No lease lapses while time is skipped. */
const leaseMs = 100 * 365 * 86_400_000;

/** Rejects when `signal` aborts, and as `composeEngine` does. */
export async function runCase(spec: CaseSpec, world: CaseWorld): Promise<CaseRun> {
  const { isReal, now: start } = spec;
  const course = createCourse();
  const clock = createSkippingClock({ start, flows: isReal, skipUntil: () => course.skipUntil(clock.now()) });
  const stage = createStage({ clock, answers: spec.answers, mocks: spec.mocks, live: spec.live, isReal });
  const problems: string[] = [];
  let onStuck = (): void => {};
  let onEvent: (event: RunEvent) => void = () => {};
  const engine = await composeEngine({
    config: inMemory(world.config),
    environment: world.environment,
    workspace: world.workspace,
    isAlone: true,
    report: ({ message }) => world.report(message),
    outside: stage,
    watcher: {
      appended(_run, event) {
        course.follow(event, clock);
        onEvent(event);
      },
    },
  });

  try {
    engine.work({
      recover: false,
      leaseMs,
      onPark(state) {
        if (hasEnded(state)) return;
        course.park(state);
        if (course.isStuck()) onStuck();
      },
    });
    const attending = createAttendant(
      engine,
      spec,
      (problem) => {
        problems.push(problem);
        course.heard();
        if (course.isStuck()) onStuck();
      },
      course.told,
    );
    onEvent = (event) => {
      if (event.type !== 'wait.opened' && event.type !== 'step.in_doubt' && event.type !== 'step.quarantined') return;
      const letGo = clock.hold();
      void attending.look().finally(letGo);
    };
    let run: RunId;
    try {
      const { inHand, beside } = await world.program(engine);
      // Secrets are there where calls are made, and stood in for where they are not.
      const { secretNames, ...doors } = engine;
      const started = await startProgram({ ...doors, ...(isReal ? { secretNames } : {}) }, inHand, {
        inputs: spec.inputs,
        ...(beside === undefined ? {} : { beside }),
      });
      run = started.run;
      attending.attend(run);
    } catch (error) {
      if (!(error instanceof TelosError)) throw error;
      const refused = { outputs: {}, steps: [], usage: noUsage, wallMs: 0, problems, waiting: [] };
      const { begun, hidden } = stage;
      const answered = stage.answered();
      return { ...refused, status: 'failed', error: errorRecordOf(error), answered, calls: begun, hidden };
    }
    await attending.look();
    await endOf(engine, run, world.signal, (listener) => {
      onStuck = () => void attending.settled().then((isLeft) => (isLeft && course.isStuck() ? listener() : undefined));
      if (course.isStuck()) onStuck();
    });
    world.signal.throwIfAborted();
    return await told(engine, run, { problems, answered: stage.answered(), calls: stage.begun, hidden: stage.hidden });
  } finally {
    clock.stop();
    await engine.close();
  }
}

function inMemory({ otlp: _, ...config }: Config): Config {
  return { ...config, database: { kind: 'sqlite', path: ':memory:' }, queue: { kind: 'local' } };
}

/** Answers for the people and the senders whom a run waits for. */
function createAttendant(
  engine: Engine,
  { decisions, signals }: CaseSpec,
  onRefused: (problem: string) => void,
  onTold: () => void,
) {
  const seen = new Set<number>();
  const taken = new Map<string, number>();
  let attended: RunId | undefined;
  let looking: Promise<void> = Promise.resolve();

  async function answer(wait: ListedWait): Promise<void> {
    const { run, id, path } = wait;
    if (wait.wait?.kind === 'signal') {
      const { name } = wait.wait;
      if (!Object.hasOwn(signals, name)) return;
      onTold();
      await signalRun(engine, run, { name, payload: signals[name] ?? null });
      return;
    }
    const decision = decisionFor(path);
    if (decision === undefined) return;
    const who = wait.wait?.kind === 'approval' ? wait.wait.who : [];
    const { as, decision: said, value, note } = decision;
    onTold();
    await decide(engine, `${run}~${id}`, {
      id: `decision-${id}`,
      decision: said,
      // Whoever is named with roles may decide by these alone.
      from:
        as?.includes(',') === true
          ? readPerson(as, `decisions.${path}`)
          : { name: as ?? who[0] ?? 'tester', roles: who },
      ...(value === undefined ? {} : { value }),
      ...(note === undefined ? {} : { note }),
    });
  }

  function decisionFor(path: string): GivenDecision | undefined {
    const named = Object.keys(decisions).filter((each) => namesStep(each, path));
    const name = named.find((each) => each === path) ?? named[0];
    if (name === undefined) return undefined;
    const count = taken.get(name) ?? 0;
    taken.set(name, count + 1);
    const list = decisions[name] ?? [];
    return list[Math.min(count, list.length - 1)];
  }

  async function lookOnce(): Promise<void> {
    if (attended === undefined) return;
    const { items } = await engine.store.waits.list({ run: attended }, 200);
    for (const wait of items) {
      if (seen.has(wait.id)) continue;
      seen.add(wait.id);
      try {
        await answer(wait);
      } catch (error) {
        onRefused(`${wait.path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  return {
    attend: (run: RunId) => void (attended = run),
    /** One look after the other. */
    look(): Promise<void> {
      looking = looking.then(lookOnce);
      return looking;
    },
    /** Whether nothing that was said to the run is still to be heard by it. */
    async settled(): Promise<boolean> {
      await looking;
      return attended === undefined || (await engine.store.inbox.pending(attended)).length === 0;
    },
  };
}

/** Resolves when the run has ended, or waits for what nobody brings. */
async function endOf(
  { store }: Engine,
  run: RunId,
  signal: AbortSignal,
  whenStuck: (listener: () => void) => void,
): Promise<void> {
  const over = new AbortController();
  whenStuck(() => over.abort());
  for await (const { event } of store.journal.follow(run, 0, AbortSignal.any([signal, over.signal])))
    if (isTerminal(event)) return;
}

async function told(
  { store }: Engine,
  run: RunId,
  more: Pick<CaseRun, 'problems' | 'answered' | 'calls' | 'hidden'>,
): Promise<CaseRun> {
  const read = await readFold(store.journal, run);
  if (read === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`);
  const { folded } = read;
  const steps: CaseStep[] = [];
  for (const [path, step] of folded.steps) {
    if (path.startsWith('@')) continue;
    const output = step.attempts.at(-1)?.output;
    steps.push({
      path,
      status: step.status,
      attempts: step.attempts.length,
      ran: step.status !== 'skipped' && (step.attempts.length > 0 || step.opening !== undefined),
      ...(output === undefined ? {} : { output: withoutRun(await readPayload(store.blobs, output), run) }),
      ...(step.error === undefined ? {} : { error: step.error }),
      usage: step.usage,
      ...(step.gate === undefined
        ? {}
        : { gate: { ...step.gate, verdicts: step.gate.verdicts.map((each) => ({ ...each })) } }),
    });
  }
  const outputs = folded.outputs === undefined ? {} : await readPayload(store.blobs, folded.outputs);
  return {
    ...more,
    status: folded.status,
    ...(folded.error === undefined ? {} : { error: folded.error }),
    // The engine writes outputs as a map.
    outputs: withoutRun(outputs, run) as JsonObject,
    steps,
    usage: folded.usage,
    wallMs: Math.max(0, (folded.endedAt ?? 0) - (folded.startedAt ?? 0)),
    folded,
    waiting: [...folded.steps.values()].flatMap(({ wait, place }) =>
      wait === undefined ? [] : [`${place.path} waits for ${waitText(wait.for)}`],
    ),
  };
}

function waitText(wait: Wait): string {
  if (wait.kind === 'signal') return `the signal ${wait.name}`;
  return wait.kind === 'time' ? 'a time' : 'a person';
}

/** The run's own id is another one each time. */
function withoutRun(value: Json, run: RunId): Json {
  // Safe: replacing text inside JSON text by text without quotes leaves JSON.
  return JSON.parse(JSON.stringify(value).replaceAll(run, '<run.id>')) as Json;
}
