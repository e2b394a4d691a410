/** Runs the cases of a test file, one after the other, and keeps what was recorded. */
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { compiledProgram } from '@telos/api/runs';
import { TelosError } from '@telos/core';
import type { RunStatus, Usage } from '@telos/core';
import { writeCassette } from '@telos/language';
import type { CassetteCase, TestCase } from '@telos/language';
import { ensureFolder } from '../compose/open-store.ts';
import type { Catalogue } from '../compose/catalogue.ts';
import { workflowBeside } from '../inputs/workflow-file.ts';
import { callsOf, fromCassette } from '../outside/answers.ts';
import { judgeCase } from './judge-case.ts';
import type { Failure } from './judge-case.ts';
import type { OpenedTest } from './open-test.ts';
import { recordCase } from './record-case.ts';
import type { Recording } from './record-case.ts';
import { runCase } from './run-case.ts';
import type { CaseRun, CaseWorld } from './run-case.ts';

export type CaseOutcome = {
  readonly file: string;
  readonly test: string;
  readonly name: string;
  /** Of the file. */
  readonly line: number;
  /** Absent: no run came about. */
  readonly status?: RunStatus;
  readonly failures: readonly Failure[];
  readonly ms: number;
  /** That were answered: by the cassette, or by those who were called. */
  readonly calls: number;
  readonly usage?: Usage;
  readonly recorded?: { readonly calls: number; readonly masked: number };
};

export type TestOptions = {
  /** `all`: calls are made anew. `missing`: those that the cassette has not. */
  readonly record?: 'all' | 'missing' | undefined;
  /** Names of cases; empty: all. */
  readonly only: readonly string[];
  readonly world: Omit<CaseWorld, 'program'>;
  readonly catalogue: Pick<Catalogue, 'catalog' | 'isWithheld'>;
  readonly folder: string;
  readonly onCase: (outcome: CaseOutcome) => void;
};

/** Real time that a case may take that calls nobody. */
const longestMs = 60_000;

export async function runTestFile(file: string, opened: OpenedTest, options: TestOptions): Promise<void> {
  const { test, cassette } = opened;
  const recorded: { [name: string]: CassetteCase } = {};
  for (const one of test.cases) {
    if (options.only.length > 0 && !options.only.includes(one.name)) continue;
    options.world.signal.throwIfAborted();
    const begun = performance.now();
    const about = { file, test: test.name, name: one.name, line: one.line };
    const ran = await tried(one, opened, options);
    const ms = Math.round(performance.now() - begun);
    if ('failures' in ran) {
      options.onCase({ ...about, failures: ran.failures, ms, calls: 0 });
      continue;
    }
    const { run, recording, misses } = ran;
    if (recording !== undefined) recorded[one.name] = { workflow: test.compiled.hash, calls: recording.calls };
    // Where a call had no answer, all else follows from that.
    const judged =
      misses.length > 0 ? [] : await judgeCase(test, one, run, options.catalogue.catalog.checks, options.world.signal);
    options.onCase({
      ...about,
      status: run.status,
      failures: [...misses.map(missed), ...judged],
      ms,
      calls: run.answered.length,
      usage: run.usage,
      ...(recording === undefined ? {} : { recorded: { calls: recording.calls.length, masked: recording.masked } }),
    });
  }
  if (Object.keys(recorded).length > 0) keep(opened, { ...cassette?.cases, ...recorded }, options.folder);
}

type Tried =
  | { readonly run: CaseRun; readonly recording?: Recording; readonly misses: readonly TelosError[] }
  | { readonly failures: readonly Failure[] };

async function tried(one: TestCase, { test, cassette }: OpenedTest, options: TestOptions): Promise<Tried> {
  const { live, keepsPrivate } = test;
  const known = callsOf(cassette, one.name);
  const world = worldOf(test, options);
  try {
    if (options.record !== 'all') {
      const misses: TelosError[] = [];
      const answers = fromCassette(known, (error) => void misses.push(error));
      const signal = AbortSignal.any([world.signal, AbortSignal.timeout(longestMs)]);
      const run = await runCase({ ...one, live, answers, isReal: false }, { ...world, signal });
      if (options.record === undefined || misses.length === 0) return { run, misses };
    }
    const recording = await recordCase(
      one,
      { live, keepsPrivate, known: options.record === 'missing' ? known : [] },
      world,
    );
    return { run: recording.run, recording, misses: [] };
  } catch (error) {
    options.world.signal.throwIfAborted();
    if (error instanceof TelosError) return { failures: [{ of: 'run', message: `${error.message} ${error.next}` }] };
    if (!(error instanceof DOMException) || error.name !== 'TimeoutError') throw error;
    return { failures: [{ of: 'run', message: `it did not end within ${longestMs / 1000} s` }] };
  }
}

function missed(error: TelosError): Failure {
  const { step } = error.details;
  return { of: typeof step === 'string' ? step : 'run', message: `${error.message} ${error.next} [${error.code}]` };
}

function worldOf({ source, file, readFile }: OpenedTest['test'], options: TestOptions): CaseWorld {
  const { folder, catalogue } = options;
  return {
    ...options.world,
    program: async (engine) => ({
      inHand: await compiledProgram(engine, { source, file, ...(readFile === undefined ? {} : { readFile }) }),
      beside: (id) => workflowBeside(id, file, folder, catalogue.isWithheld),
    }),
  };
}

/** Cases that the test has no more are forgotten; the others stand in the order of the test. */
function keep(
  { test, cassetteFile }: OpenedTest,
  cases: { readonly [name: string]: CassetteCase },
  folder: string,
): void {
  const kept = test.cases.flatMap(({ name }): [string, CassetteCase][] => {
    const one = Object.hasOwn(cases, name) ? cases[name] : undefined;
    return one === undefined || one.calls.length === 0 ? [] : [[name, one]];
  });
  const path = resolve(folder, cassetteFile);
  ensureFolder(dirname(path));
  writeFileSync(path, writeCassette(test.name, { cases: Object.fromEntries(kept) }));
}
