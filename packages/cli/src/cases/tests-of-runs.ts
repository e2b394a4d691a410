/** Runs as tests, for those who ask the server. */
import type { RunTest } from '@telos/contract';
import type { RunId, Store } from '@telos/core';
import { promoteRun } from './promote-run.ts';
import { caseNameOf, promotedFiles } from './promoted-files.ts';
import type { CaseWorld } from './run-case.ts';

export type TestOf = (
  run: RunId,
  options: { readonly keepsPrivate: boolean; readonly name?: string },
) => Promise<RunTest>;

/** Real time that making a run once more may take. */
const longestMs = 30_000;

/** One after the other: each is a run of its own in this process. */
export function testsOfRuns(store: Store, world: Omit<CaseWorld, 'program' | 'signal'>): TestOf {
  let before: Promise<unknown> = Promise.resolve();
  return (run, options) => {
    const made = before.then(() => testOf(run, options));
    before = made.catch(() => undefined);
    return made;
  };

  async function testOf(run: RunId, { keepsPrivate, name = caseNameOf(run) }: Parameters<TestOf>[1]): Promise<RunTest> {
    const signal = AbortSignal.timeout(longestMs);
    const promoted = await promoteRun(run, { store, keepsPrivate, world: { ...world, signal } });
    const { workflow: id, source, masked } = promoted;
    const { test, cassette } = promotedFiles(promoted, { name, workflow: `./${id}.yaml`, keepsPrivate });
    return {
      case: name,
      test: { name: `${id}.test.yaml`, text: test },
      cassette: { name: `${id}.cassette.yaml`, text: cassette },
      ...(source === undefined ? {} : { workflow: { name: `${id}.yaml`, text: source } }),
      masked,
    };
  }
}
