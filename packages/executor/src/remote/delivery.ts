/** What came of steps of other workers' runs, on its way to their owners. */
import { errorRecordOf, TelosError } from '@telos/core';
import type {
  CallRecord,
  Clock,
  Did,
  ErrorRecord,
  Job,
  Json,
  Labelling,
  Labels,
  Message,
  Payload,
  Store,
  ToolCallReport,
  Usage,
} from '@telos/core';
import type { Failure } from '../running/active-step.ts';
import type { AttemptResult } from '../attempt/attempt.ts';
import { boundedError } from '../running/bounded.ts';
import { resultsOf } from '../rails/railing.ts';
import type { Answered } from '../rails/railing.ts';
import type { Values } from '../scope/values.ts';

type OutcomeMessage = Extract<Message, { kind: 'outcome' }>;

export type StepJob = Extract<Job, { kind: 'step' }>;

export type Ended = {
  readonly result: AttemptResult | Failure;
  readonly calls: readonly ToolCallReport[];
  readonly usage: Usage | undefined;
  readonly did: Did;
  readonly labels: Labels;
  /** Of these, what the tool itself brought. */
  readonly brought: Labelling;
  readonly hide: <T>(value: T) => T;
  readonly answers: readonly Answered[];
};

/** What there was of an attempt that was stopped. */
export type Left = Pick<Ended, 'calls' | 'usage' | 'brought'> & { readonly partial: Json | undefined };

export interface Delivery {
  /** Posts what came of a step, its values stored; where the store does not take those, that they are lost. */
  outcome(job: StepJob, ended: Ended): Promise<void>;
  /** Posts what there was of a step that was called off: its run keeps that, and its bill. */
  left(job: StepJob, left: Left): Promise<void>;
  message(job: StepJob, message: Message): Promise<void>;
  /**
   * Keeps trying while the store is away: what was done, perhaps at a price, is known to this process alone. Ends with
   * the worker: then it is tried once more. And ends, so that no slot is held for ever, when a store that answers
   * this worker all else has refused it for ten minutes.
   */
  untilStored<T>(act: () => Promise<T>): Promise<T>;
  /** The worker is about to leave: nothing is waited for any longer. */
  end(): void;
}

/** Between two tries. */
const pauseMs = 1000;

/** How often a store may refuse one thing, and have answered other things since the last time. */
const refusalsMost = 600;

/** @param heardAt When the store last answered this worker. */
export function createDelivery(
  store: Pick<Store, 'inbox'>,
  values: Values,
  clock: Clock,
  heardAt: () => number,
): Delivery {
  const leaving = new AbortController();

  async function outcomeOf(job: StepJob, ended: Ended): Promise<void> {
    try {
      await post(job, ended);
    } catch (error) {
      if (leaving.signal.aborted) throw error;
      await deliver(job, lostMessage(job, ended, error));
    }
  }

  async function post(
    job: StepJob,
    { result, calls, usage, did, labels, brought, hide, answers }: Ended,
  ): Promise<void> {
    const stored = await storedCalls(calls);
    const last = answers.at(-1)?.value;
    const asked = result.ended === 'asked' && last !== undefined ? await persist(last) : undefined;
    const outcome: OutcomeMessage['outcome'] =
      result.ended === 'asked'
        ? { ended: 'asked' }
        : result.ended === 'failed'
          ? { ended: 'failed', error: boundedError(hide(result.error)) }
          : result.ended === 'rejected'
            ? { ended: 'rejected', output: await persist(result.output), gate: result.gate }
            : {
                ended: 'succeeded',
                output: await persist(result.output),
                ...(result.gate === undefined ? {} : { gate: result.gate }),
              };
    await deliver(job, {
      ...messageFor(job),
      calls: stored,
      outcome,
      ...(answers.length === 0 ? {} : { rails: [...resultsOf(answers, asked)] }),
      did: { ...did },
      labels: [...labels],
      brought,
      ...(usage === undefined ? {} : { usage }),
    });
  }

  async function left(job: StepJob, { calls, usage, partial, brought }: Left): Promise<void> {
    const shown = partial === undefined ? {} : { partial: await persist(partial) };
    await deliver(job, {
      ...stoppedMessage(job, usage),
      calls: await storedCalls(calls),
      outcome: { ended: 'stopped', ...shown },
      brought,
    });
  }

  async function storedCalls(calls: readonly ToolCallReport[]): Promise<CallRecord[]> {
    const stored: CallRecord[] = [];
    for (const { input, output, ...rest } of calls) {
      stored.push({
        ...rest,
        input: await persist(input),
        ...(output === undefined ? {} : { output: await persist(output) }),
      });
    }
    return stored;
  }

  function persist(value: Parameters<typeof values.store>[0]): Promise<Payload> {
    return untilStored(async () => values.store(value));
  }

  async function deliver(job: StepJob, message: Message): Promise<void> {
    await untilStored(() => store.inbox.post(job.run, message)).catch((error: unknown) => {
      // The run has ended, or is gone: nobody waits for it any more.
      if (error instanceof TelosError && (error.code === 'RUN_FINISHED' || error.code === 'RUN_NOT_FOUND')) return;
      throw error;
    });
  }

  async function untilStored<T>(act: () => Promise<T>): Promise<T> {
    let refusals = 0;
    let triedAt = Number.POSITIVE_INFINITY;
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if (!(error instanceof TelosError) || error.kind !== 'retryable' || leaving.signal.aborted) throw error;
        if (heardAt() > triedAt) refusals += 1;
        if (refusals >= refusalsMost) throw error;
        triedAt = clock.now();
        await clock.sleep(pauseMs, leaving.signal);
      }
    }
  }

  return { outcome: outcomeOf, left, message: deliver, untilStored, end: () => leaving.abort('leaving') };
}

/** It was begun or not, and nothing came of it: its owner has it made again. */
export function stoppedMessage(job: StepJob, usage?: Usage): OutcomeMessage {
  const spent = usage === undefined ? {} : { usage };
  return { ...messageFor(job), calls: [], outcome: { ended: 'stopped' }, ...spent };
}

/** It was made, and what it gave cannot be stored. What it may have done decides whether it is made again. */
function lostMessage(job: StepJob, { result, usage, did, labels, brought, hide }: Ended, cause: unknown): Message {
  const error: ErrorRecord =
    result.ended === 'failed' ? hide(result.error) : { ...errorRecordOf(cause, 'BUG'), effect: 'unknown' };
  return {
    ...messageFor(job),
    calls: [],
    outcome: { ended: 'failed', error: boundedError(error) },
    did: { ...did },
    labels: [...labels],
    brought,
    ...(usage === undefined ? {} : { usage }),
  };
}

/** It could not be begun. */
export function failedMessage(job: StepJob, error: ErrorRecord): Message {
  return { ...messageFor(job), calls: [], outcome: { ended: 'failed', error } };
}

function messageFor({ path, attempt }: StepJob) {
  return { id: `outcome ${path} ${attempt}`, kind: 'outcome', path, attempt } as const;
}
