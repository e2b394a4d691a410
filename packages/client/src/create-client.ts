/** Everything that the API offers, typed by its contract. */
import { locations } from '@telos/contract';
import type {
  Accepted,
  ApiKeyList,
  ApiKeyRequest,
  ApprovalPage,
  ApprovalQuery,
  ApprovalView,
  AuditEntryView,
  AuditQuery,
  BulkDecisionRequest,
  BulkDecisionResult,
  CheckList,
  CheckResult,
  DecisionRequest,
  EventPage,
  EventView,
  ExperimentDetail,
  ExperimentList,
  ExperimentRequest,
  ExperimentStarted,
  ForkRequest,
  ModelList,
  NewApiKey,
  ObjectiveRequest,
  ResumeRequest,
  RunDetail,
  RunDiff,
  RunPage,
  RunQuery,
  RunReceipt,
  RunWorkflow,
  RunCountQuery,
  RunCounts,
  RunSummaryView,
  RunTest,
  RunTestQuery,
  SignalReceipt,
  StartRunRequest,
  StepDetail,
  ToolList,
  WorkflowSchema,
  Trace,
  WorkflowDetail,
  WorkflowList,
} from '@telos/contract';
import { followRun } from './follow-run.ts';
import type { FollowOptions } from './follow-run.ts';
import { createTransport } from './transport.ts';
import type { Ask, ClientOptions } from './transport.ts';

/** A request as it is written: what has a default may be left out. */
type Written<Schema extends { readonly _zod: { readonly input: unknown } }> = Schema['_zod']['input'];
type Query = Ask['query'];

export type CallOptions = { readonly signal?: AbortSignal };

export type StartOptions = CallOptions & {
  /** The same key and the same request give the same run. Absent: one is made, so that a lost answer starts no second run. */
  readonly idempotencyKey?: string;
  /** Seconds, at most 60, for which the answer may wait for the end of the run. */
  readonly waitSeconds?: number;
  /** W3C trace context that the run is part of. */
  readonly traceparent?: string;
  /** W3C `tracestate` that goes with it. */
  readonly tracestate?: string;
};

export type TelosClient = ReturnType<typeof createClient>;

export function createClient(options: ClientOptions) {
  const transport = createTransport(options);
  const { ask, json } = transport;
  const post = <T>(path: string, body: unknown, more: Ask = {}): Promise<T> =>
    json<T>(path, { ...more, method: 'POST', body });

  const start = (
    path: string,
    body: unknown,
    { idempotencyKey, waitSeconds, traceparent, tracestate, signal }: StartOptions,
  ) =>
    post<RunReceipt>(path, body, {
      headers: {
        'idempotency-key': idempotencyKey ?? crypto.randomUUID(),
        prefer: waitSeconds === undefined ? undefined : `wait=${waitSeconds}`,
        traceparent,
        tracestate,
      },
      signal,
    });

  /** Every item of a list, page after page as they are asked for. */
  async function* each<T>(path: string, query: Query, { signal }: CallOptions): AsyncGenerator<T, void> {
    let cursor: string | undefined;
    do {
      const page: { items: T[]; next?: string } = await json(path, { query: { ...query, cursor }, signal });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== undefined);
  }

  const runs = {
    /** Starts a run; it is stored when this resolves. */
    start: (request: Written<typeof StartRunRequest>, more: StartOptions = {}) => start(locations.runs, request, more),
    /** States an objective; the planner writes the steps. */
    startObjective: (request: Written<typeof ObjectiveRequest>, more: StartOptions = {}) =>
      start(locations.objectives, request, more),
    get: (run: string, { signal }: CallOptions = {}) => json<RunDetail>(locations.run(run), { signal }),
    /** One page, newest first; `next` is the `cursor` of the one that follows. */
    page: (query: Partial<RunQuery> = {}, { signal }: CallOptions = {}) =>
      json<RunPage>(locations.runs, { query, signal }),
    /** All of them, newest first. */
    list: (query: Omit<Partial<RunQuery>, 'cursor'> = {}, more: CallOptions = {}) =>
      each<RunSummaryView>(locations.runs, query, more),
    /** How many fit in each status, up to a hundred. */
    counts: (query: RunCountQuery = {}, { signal }: CallOptions = {}) =>
      json<RunCounts>(locations.runCounts, { query, signal }),
    /** Each event once, in order, until the run ends; connections that break are taken up where they broke. */
    follow: (run: string, more: FollowOptions = {}): AsyncGenerator<EventView, void> => followRun(transport, run, more),
    events: (
      run: string,
      query: { readonly after?: number; readonly limit?: number } = {},
      { signal }: CallOptions = {},
    ) => json<EventPage>(locations.events(run), { query, signal }),
    /** Waits for the end, however long that takes. */
    async wait(run: string, { signal }: CallOptions = {}): Promise<RunDetail> {
      const { seq } = await runs.get(run, signal === undefined ? {} : { signal });
      // What is known already is not sent again; a run that has ended is followed by nothing.
      for await (const _ of followRun(transport, run, {
        after: seq,
        ...(signal === undefined ? {} : { signal }),
      }));
      return runs.get(run, signal === undefined ? {} : { signal });
    },
    trace: (run: string, { payloads, signal }: CallOptions & { readonly payloads?: boolean } = {}) =>
      json<Trace>(locations.trace(run), { query: { payloads: payloads === false ? 'false' : undefined }, signal }),
    workflow: (run: string, { signal }: CallOptions = {}) => json<RunWorkflow>(locations.runWorkflow(run), { signal }),
    /** A run that has ended as files for `telos test`. */
    test: (run: string, query: Partial<RunTestQuery> = {}, { signal }: CallOptions = {}) =>
      json<RunTest>(locations.runTest(run), { query, signal }),
    /** A run as one HTML file that can be sent to somebody; what is private is masked. */
    share: async (run: string, { signal }: CallOptions = {}): Promise<string> =>
      (await ask(locations.share(run), { signal })).text(),
    step: (run: string, path: string, { signal }: CallOptions = {}) =>
      json<StepDetail>(locations.step(run, path), { signal }),
    diff: (a: string, b: string, { same, signal }: CallOptions & { readonly same?: boolean } = {}) =>
      json<RunDiff>(locations.diff(a, b), { query: { same: same === true ? 'true' : undefined }, signal }),
    cancel: (run: string, reason?: string) =>
      post<Accepted>(locations.cancel(run), reason === undefined ? undefined : { reason }),
    pause: (run: string, note?: string) =>
      post<Accepted>(locations.pause(run), note === undefined ? undefined : { note }),
    resume: (run: string, request?: Written<typeof ResumeRequest>) => post<Accepted>(locations.resume(run), request),
    retry: (run: string, more: StartOptions = {}) => start(locations.retry(run), undefined, more),
    fork: (run: string, request: Written<typeof ForkRequest>, more: StartOptions = {}) =>
      start(locations.fork(run), request, more),
    signal: (
      run: string,
      name: string,
      payload: unknown = null,
      { id = crypto.randomUUID() }: { readonly id?: string } = {},
    ) => post<SignalReceipt>(locations.signal(run, name), payload, { headers: { 'idempotency-key': id } }),
    /** Posts the end of a run again whose callback was delivered or given up. */
    callAgain: (run: string) => post<Accepted>(locations.callback(run), undefined),
  };

  return {
    runs,
    approvals: {
      page: (query: Partial<ApprovalQuery> = {}, { signal }: CallOptions = {}) =>
        json<ApprovalPage>(locations.approvals, { query, signal }),
      list: (query: Omit<Partial<ApprovalQuery>, 'cursor'> = {}, more: CallOptions = {}) =>
        each<ApprovalView>(locations.approvals, query, more),
      get: (id: string, { signal }: CallOptions = {}) => json<ApprovalView>(locations.approval(id), { signal }),
      decide: (id: string, decision: Written<typeof DecisionRequest>) =>
        post<Accepted>(locations.approval(id), decision, { headers: { 'idempotency-key': crypto.randomUUID() } }),
      decideAll: (request: Written<typeof BulkDecisionRequest>) =>
        post<BulkDecisionResult>(locations.approvals, request),
    },
    workflows: {
      list: ({ signal }: CallOptions = {}) => json<WorkflowList>(locations.workflows, { signal }),
      get: (id: string, { signal }: CallOptions = {}) => json<WorkflowDetail>(locations.workflow(id), { signal }),
      /** Publishing the same text again changes nothing, so it may be asked again. */
      publish: (id: string, source: string) =>
        json<WorkflowDetail>(locations.workflow(id), { method: 'PUT', body: { source }, isRepeatable: true }),
      withdraw: async (id: string): Promise<void> => {
        await ask(locations.workflow(id), { method: 'DELETE' });
      },
      check: (source: string) =>
        json<CheckResult>(locations.check, { method: 'POST', body: { source }, isRepeatable: true }),
    },
    experiments: {
      /** Begins one, or goes on with the same one that was stopped. */
      start: (request: Written<typeof ExperimentRequest>, { signal }: CallOptions = {}) =>
        post<ExperimentStarted>(locations.experiments, request, { signal }),
      list: (query: { readonly experiment?: string; readonly limit?: number } = {}, { signal }: CallOptions = {}) =>
        json<ExperimentList>(locations.experiments, { query, signal }),
      get: (id: string, { signal }: CallOptions = {}) => json<ExperimentDetail>(locations.experiment(id), { signal }),
      stop: (id: string) => post<Accepted>(locations.stopExperiment(id), undefined),
    },
    /** Who had what done, last first. */
    audit: (query: Omit<Partial<AuditQuery>, 'cursor'> = {}, more: CallOptions = {}) =>
      each<AuditEntryView>(locations.audit, query, more),
    /** API keys that the store keeps, for a key of the role `admin`. */
    keys: {
      /** Gives one out; it is in this answer and nowhere else. */
      add: (request: Written<typeof ApiKeyRequest>) => post<NewApiKey>(locations.keys, request),
      list: ({ signal }: CallOptions = {}) => json<ApiKeyList>(locations.keys, { signal }),
      revoke: async (id: string): Promise<void> => {
        await ask(locations.key(id), { method: 'DELETE' });
      },
    },
    tools: ({ signal }: CallOptions = {}) => json<ToolList>(locations.tools, { signal }),
    /** The workflow language as JSON Schema, for editors. */
    workflowSchema: ({ signal }: CallOptions = {}) => json<WorkflowSchema>(locations.workflowSchema, { signal }),
    models: ({ signal }: CallOptions = {}) => json<ModelList>(locations.models, { signal }),
    checks: ({ signal }: CallOptions = {}) => json<CheckList>(locations.checks, { signal }),
    /** A large value or a file of a run. */
    artifact: async (hash: string, { signal }: CallOptions = {}): Promise<Blob> =>
      (await ask(locations.artifact(hash), { signal })).blob(),
  };
}
