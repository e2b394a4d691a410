import { addCase, writeCassette, writeTestFile } from '@telos/language';
import type { Cassette, CassetteCase } from '@telos/language';
import type { Promoted } from './promote-run.ts';

export type PromotedFiles = { readonly test: string; readonly cassette: string };

export type FilesOptions = {
  /** Of the case. */
  readonly name: string;
  /** As the test file names it. */
  readonly workflow: string;
  readonly keepsPrivate: boolean;
  /** Of files that are there: the case is added to them. */
  readonly before?: { readonly name: string; readonly test: string; readonly cassette: Cassette | undefined };
};

/** The texts of a test and its cassette. @throws TelosError TEST_EXISTS */
export function promotedFiles(
  promoted: Promoted,
  { name, workflow, keepsPrivate, before }: FilesOptions,
): PromotedFiles {
  const { workflow: id, cassette } = promoted;
  const cases: { readonly [name: string]: CassetteCase } = { ...before?.cassette?.cases, [name]: cassette };
  return {
    test:
      before === undefined
        ? writeTestFile({ test: id, workflow, keepsPrivate, name, case: promoted.case })
        : addCase(before.test, { name, case: promoted.case }),
    cassette: writeCassette(before?.name ?? id, { cases }),
  };
}

/** What a case is called that nobody has named. */
export function caseNameOf(run: string): string {
  return `run_${run.slice(-8).replaceAll(/[^a-z0-9]/g, '_')}`;
}
