/**
 * Experiments that a server carries out for whoever asks: those of `telos eval`,
 * with what is kept of them, so that either goes on where the other was stopped.
 */
import { normalize } from 'node:path/posix';
import { requirementProblems } from '@telos/api/runs';
import type { WorkflowSource } from '@telos/api/runs';
import type { ExperimentDetail, ExperimentRequest, ExperimentStarted, ExperimentSummary } from '@telos/contract';
import { errorRecordOf, noUsage, TelosError } from '@telos/core';
import type { BudgetSpec } from '@telos/core';
import { cellsOf, compileExperiment } from '@telos/language';
import type { Experiment, NamedWorkflow } from '@telos/language';
import type { Engine } from '../compose/engine.ts';
import { findKept, listKept, openTrials } from './kept-trials.ts';
import type { KeptExperiment } from './kept-trials.ts';
import { createLedger } from './ledger.ts';
import { parkingByJournal } from './parking-by-journal.ts';
import { programsOf } from './programs-of.ts';
import type { ProgramOf } from './programs-of.ts';
import { reportOf } from './report.ts';
import { runCells } from './run-cells.ts';
import type { Carried } from './run-cells.ts';

export interface Experiments {
  start(request: ExperimentRequest): Promise<ExperimentStarted>;
  list(experiment?: string): Promise<readonly ExperimentSummary[]>;
  get(id: string): Promise<ExperimentDetail | undefined>;
  stop(id: string): Promise<boolean>;
  /** Begins no more runs, and returns when nothing is under way here. */
  close(): Promise<void>;
}

type UnderWay = { readonly stopping: AbortController; readonly over: Promise<void> };

const nothingCame: Carried = { waiting: [], withoutBudget: 0 };

/** @param report Told of what no experiment can show. */
export function createExperiments(engine: Engine, report: (error: unknown, about: string) => void): Experiments {
  const { home } = engine.config;
  const underWay = new Map<string, UnderWay>();
  /** What came of those that were carried out here. */
  const came = new Map<string, Carried>();
  const failed = new Map<string, { readonly code: string; readonly message: string }>();
  /** One begins after the other: two that are the same must not begin twice. */
  let beginning: Promise<unknown> = Promise.resolve();

  async function begin(request: ExperimentRequest): Promise<ExperimentStarted> {
    const experiment = await compiled(request);
    const [missing] = await requirementProblems(engine, experiment.requires);
    if (missing !== undefined) throw missing;
    const programs = await programsOf(engine, experiment, ({ workflow }) => ({
      file: workflow,
      beside: (id) => textOf(request.files, `${id}.yaml`, workflow),
    }));
    const known = request.fresh ? undefined : listKept(home, experiment.name).find(isSame(experiment));
    const isUnderWay = known !== undefined && underWay.has(known.id);
    const at = new Date(engine.clock.now()).toISOString();
    const kept = isUnderWay ? undefined : openTrials(home, experiment, { at, fresh: request.fresh });
    const id = known !== undefined && isUnderWay ? known.id : (kept?.id ?? '');
    if (kept !== undefined) {
      const stopping = new AbortController();
      failed.delete(id);
      const over = carryOut({ experiment, kept, programs, budget: budgetOf(request.budget), signal: stopping.signal })
        .catch((error: unknown) => {
          const { code, message } = errorRecordOf(error, 'BUG');
          failed.set(id, { code, message });
          if (!(error instanceof TelosError)) report(error, `experiment ${id}`);
        })
        .finally(() => underWay.delete(id));
      underWay.set(id, { stopping, over });
    }
    const found = findKept(home, id);
    if (found === undefined) throw new TelosError('EXPERIMENT_NOT_FOUND', `The experiment ${id} was not kept.`);
    return { ...summaryOf(found), existing: isUnderWay || kept?.isResumed === true };
  }

  async function compiled({ source, files, limit }: ExperimentRequest): Promise<Experiment> {
    const result = await compileExperiment(source, {
      catalog: engine.catalog,
      file: 'experiment.yaml',
      workflow: (path) => workflowOf(engine, files, path),
      readFile(path) {
        const text = textOf(files, path)?.source;
        return text === undefined ? undefined : { file: path, text };
      },
      ...(limit === undefined ? {} : { limit }),
    });
    if (result.ok) return result.experiment;
    const [first] = result.faults;
    const more = result.faults.length > 1 ? ` (and ${result.faults.length - 1} more)` : '';
    throw new TelosError(
      'EXPERIMENT_INVALID',
      first === undefined
        ? 'The experiment does not fit.'
        : `${first.file}:${first.line}:${first.column} ${first.message}${more}`,
      { details: { faults: result.faults.map((fault) => ({ ...fault })) } },
    );
  }

  type Carrying = {
    readonly experiment: Experiment;
    readonly kept: ReturnType<typeof openTrials>;
    readonly programs: ReadonlyMap<string, ProgramOf>;
    readonly budget: BudgetSpec | undefined;
    readonly signal: AbortSignal;
  };

  async function carryOut({ experiment, kept, programs, budget, signal }: Carrying): Promise<void> {
    const { clock, store } = engine;
    const cells = cellsOf(experiment);
    const ledger = createLedger(budget ?? experiment.budget, experiment.concurrency, clock.now(), kept.spent());
    const carried = await runCells({
      engine,
      experiment,
      cells,
      kept,
      ledger,
      programs,
      parking: parkingByJournal(store, clock, (error) => report(error, `experiment ${kept.id}`)),
      signal,
      onTrial: () => {},
    });
    came.set(kept.id, carried);
    if (cells.every(({ key }) => kept.trials.has(key))) kept.end();
  }

  function summaryOf({ id, name, at, runs, trials, hasEnded }: KeptExperiment): ExperimentSummary {
    const status = hasEnded ? 'complete' : underWay.has(id) ? 'running' : failed.has(id) ? 'failed' : 'stopped';
    return {
      id,
      experiment: name,
      status,
      started_at: at,
      ...(runs === undefined ? {} : { runs }),
      done: trials.length,
    };
  }

  return {
    start(request) {
      const begun = beginning.then(() => begin(request));
      beginning = begun.catch(() => undefined);
      return begun;
    },
    list: async (experiment) => listKept(home, experiment).map(summaryOf),
    async get(id) {
      const kept = findKept(home, id);
      if (kept === undefined) return undefined;
      const { name, trials, compared, runs, spent } = kept;
      const error = failed.get(id);
      const result =
        compared === undefined || runs === undefined
          ? undefined
          : reportOf({ name, ...compared }, trials, {
              id,
              runs,
              usage: spent ?? noUsage,
              carried: came.get(id) ?? nothingCame,
            });
      return {
        ...summaryOf(kept),
        ...(result === undefined ? {} : { result }),
        trials: [...trials],
        ...(error === undefined ? {} : { error }),
      };
    },
    async stop(id) {
      underWay.get(id)?.stopping.abort();
      return findKept(home, id) !== undefined;
    },
    async close() {
      const all = [...underWay.values()];
      for (const { stopping } of all) stopping.abort();
      await Promise.all(all.map(({ over }) => over));
    },
  };
}

function isSame({ identity }: Experiment): (kept: KeptExperiment) => boolean {
  return (kept) => !kept.hasEnded && kept.identity === identity;
}

function budgetOf(budget: ExperimentRequest['budget']): BudgetSpec | undefined {
  if (budget === undefined) return undefined;
  const { wall_ms: wallMs, ...rest } = budget;
  return { ...rest, ...(wallMs === undefined ? {} : { wallMs }), onExceeded: 'fail' };
}

type Files = ExperimentRequest['files'];

/** A file that came with the request, by the path by which it is named from another. */
function textOf(files: Files, path: string, from?: string): (WorkflowSource & { readonly file: string }) | undefined {
  const folder = from === undefined ? '' : from.slice(0, from.lastIndexOf('/') + 1);
  const wanted = normalize(`${folder}${path}`);
  const found = Object.keys(files).find((name) => normalize(name) === wanted);
  const source = found === undefined ? undefined : files[found];
  if (found === undefined || source === undefined) return undefined;
  return { source, file: found, readFile: (inner) => textOf(files, inner, found)?.source };
}

/** A workflow that came with the request, else one that is published, by its id. */
async function workflowOf(
  { store, meet }: Pick<Engine, 'store' | 'meet'>,
  files: Files,
  path: string,
): Promise<NamedWorkflow | undefined> {
  const sent = textOf(files, path);
  if (sent !== undefined) {
    await meet(sent.source);
    return sent;
  }
  const [current] = /^[a-z][a-z0-9_]*$/.test(path) ? await store.programs.versions(path) : [];
  return current?.source === undefined ? undefined : { source: current.source, file: path };
}
