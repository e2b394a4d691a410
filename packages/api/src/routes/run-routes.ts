import { Problem, RunDetail, RunDiff, RunDiffQuery, RunWorkflow, StepDetail, Trace } from '@telos/contract';
import { TelosError } from '@telos/core';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { foreignSpanView } from '../otlp/foreign-spans.ts';
import { comparedLimits, generousLimits, loadPayloads, tightLimits } from '../run-view/payloads.ts';
import { readRun } from '../run-view/read-run.ts';
import type { ReadRun } from '../run-view/read-run.ts';
import { detailPayloads, runDetail } from '../run-view/run-detail.ts';
import { measuredIn } from '../run-view/measured.ts';
import { runWorkflow } from '../run-view/run-workflow.ts';
import { stepDefinitions } from '../run-view/step-definitions.ts';
import { stepDetail, stepPayloads } from '../run-view/step-detail.ts';
import { stepSource } from '../run-view/step-source.ts';
import { traceOf, tracePayloads } from '../run-view/trace.ts';
import { lookBeside } from '../run-view/look-beside.ts';
import { stateIn, waitingFor } from '../run-view/waiting-for.ts';
import { diffPayloads, diffRuns } from '../steer/diff-runs.ts';
import { RunParams } from './api-server.ts';
import type { ApiServer } from './api-server.ts';

const tags = ['runs'];

/** Runs that exist: read, compared. */
export function runRoutes(app: ApiServer, deps: ApiDeps): void {
  const { store, clock } = deps;

  const known = async (id: string): Promise<ReadRun> => {
    const run = await readRun(store, id);
    if (run === undefined) throw new TelosError('RUN_NOT_FOUND', `There is no run ${id}.`, { details: { run: id } });
    return run;
  };

  app.get(
    '/v1/runs/:id',
    {
      schema: {
        tags,
        operationId: 'getRun',
        summary: 'A run with its steps and what it waits for',
        params: RunParams,
        response: { 200: RunDetail, default: Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { events, folded, ...programs } = await known(id);
      const state = stateIn(events);
      const cancel = (await store.inbox.pending(id)).find((message) => message.kind === 'cancel');
      return runDetail(folded, {
        ...programs,
        show: await loadPayloads(store.blobs, detailPayloads(folded), generousLimits),
        waitingFor: waitingFor(state, clock.now(), await lookBeside(store, state), cancel),
        callback: await store.callbacks.get(id),
        calibrationOf: deps.calibrationOf,
      });
    },
  );

  app.get(
    '/v1/runs/:id/trace',
    {
      schema: {
        tags,
        operationId: 'getTrace',
        summary: 'The span tree of a run',
        params: RunParams,
        querystring: z.strictObject({
          /** `false` leaves inputs and outputs out. */
          payloads: z.enum(['true', 'false']).default('true'),
        }),
        response: { 200: Trace, default: Problem },
      },
    },
    async (request) => {
      const { folded, program, programs } = await known(request.params.id);
      const shown = request.query.payloads === 'true';
      const trace = traceOf(folded, {
        programs,
        calibrationOf: deps.calibrationOf,
        ...(program === undefined ? {} : { program }),
        ...(shown ? { show: await loadPayloads(store.blobs, tracePayloads(folded), tightLimits) } : {}),
      });
      const foreign = await store.spans.of(trace.trace_id);
      return foreign.length === 0 ? trace : { ...trace, foreign: foreign.map(foreignSpanView) };
    },
  );

  app.get(
    '/v1/runs/:id/workflow',
    {
      schema: {
        tags,
        operationId: 'getRunWorkflow',
        summary: 'What a run carries out: the text of its workflow, and its steps with those of the plans it made',
        params: RunParams,
        response: { 200: RunWorkflow, default: Problem },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { program, ...run } = await known(id);
      if (program === undefined) {
        throw new TelosError('WORKFLOW_NOT_FOUND', `The workflow of run ${id} is not stored any more.`, {
          details: { run: id },
        });
      }
      const stored = await store.programs.get(run.folded.created.program);
      return runWorkflow(run, program, stored?.source);
    },
  );

  app.get(
    '/v1/runs/:id/steps/:path',
    {
      schema: {
        tags,
        operationId: 'getStep',
        summary: 'One step: where it is written, its input as rendered, output, attempts, calls and verdicts',
        description: 'The path is percent-encoded: `findings%5B3%5D.search`.',
        params: RunParams.extend({ path: z.string().min(1).max(2000) }),
        response: { 200: StepDetail, default: Problem },
      },
    },
    async (request) => {
      const { id, path } = request.params;
      const { folded, program, programs } = await known(id);
      const step = folded.steps.get(path);
      if (step === undefined) {
        throw new TelosError('STEP_NOT_FOUND', `Run ${id} has reached no step ${path}.`, {
          details: { run: id, path },
        });
      }
      const define = stepDefinitions(program, programs, folded.steps);
      const measured = measuredIn(deps.calibrationOf, program, define)(path);
      const show = await loadPayloads(store.blobs, stepPayloads(step), generousLimits);
      const source = await stepSource(store.programs, folded, path);
      return stepDetail(id, step, { definition: define(path), programs, measured, source }, show);
    },
  );

  app.get(
    '/v1/runs/:a/diff/:b',
    {
      schema: {
        tags,
        operationId: 'diffRuns',
        summary: 'Two runs side by side: the steps that differ, and where',
        params: z.object({ a: RunParams.shape.id, b: RunParams.shape.id }),
        querystring: RunDiffQuery,
        response: { 200: RunDiff, default: Problem },
      },
    },
    async (request) => {
      const { a, b } = request.params;
      const [left, right] = [(await known(a)).folded, (await known(b)).folded];
      const show = await loadPayloads(store.blobs, [...diffPayloads(left), ...diffPayloads(right)], comparedLimits);
      return diffRuns(left, right, show, request.query.same === 'true');
    },
  );
}
