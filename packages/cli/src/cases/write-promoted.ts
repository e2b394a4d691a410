/** Writes a run down as a case of a test file, beside what is there. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { compile } from '@telos/language';
import { TelosError } from '@telos/core';
import type { RunId } from '@telos/core';
import { ensureFolder } from '../compose/open-store.ts';
import type { Catalogue } from '../compose/catalogue.ts';
import { readTextFile } from '../inputs/text-file.ts';
import { libraryFile, readWorkflowFile, workflowBeside } from '../inputs/workflow-file.ts';
import { faultLines } from '../output/fault-lines.ts';
import { cassetteBeside, openTest } from './open-test.ts';
import { promoteRun } from './promote-run.ts';
import type { PromoteOptions, Promoted } from './promote-run.ts';
import { caseNameOf, promotedFiles } from './promoted-files.ts';

export type WritePromotedOptions = PromoteOptions & {
  readonly folder: string;
  readonly catalogue: Pick<Catalogue, 'catalog' | 'isWithheld' | 'meet'>;
  /** Of the case; absent: one made of the run's id. */
  readonly name: string | undefined;
};

export type WrittenPromotion = {
  readonly name: string;
  readonly files: readonly string[];
  readonly masked: number;
  /** What a person should know of the workflow's file. */
  readonly note?: string;
};

/** @throws TelosError as `promoteRun` does; TEST_EXISTS, and USAGE for a file that is there and has faults. */
export async function writePromoted(
  run: RunId,
  file: string,
  options: WritePromotedOptions,
): Promise<WrittenPromotion> {
  const { folder, catalogue } = options;
  const before = existsSync(resolve(folder, file)) ? await opened(file, folder, catalogue) : undefined;
  const keepsPrivate = options.keepsPrivate || before?.test.keepsPrivate === true;
  const promoted = await promoteRun(run, { ...options, keepsPrivate });
  const name = options.name ?? caseNameOf(run);
  const found = before === undefined ? workflowFile(promoted, file, options) : { file: before.test.file };
  const { test, cassette } = promotedFiles(promoted, {
    name,
    workflow: pathFrom(file, found.file),
    keepsPrivate,
    ...(before === undefined
      ? {}
      : { before: { name: before.test.name, test: readTextFile(file, folder), cassette: before.cassette } }),
  });
  const cassetteFile = before?.cassetteFile ?? cassetteBeside(file);
  const texts = [
    [file, test],
    [cassetteFile, cassette],
    ...('source' in found && found.source !== undefined ? [[found.file, found.source] as const] : []),
  ] as const;
  for (const [path, text] of texts) {
    ensureFolder(dirname(resolve(folder, path)));
    writeFileSync(resolve(folder, path), text);
  }
  const isChanged = !('source' in found) && hashOfFile(found.file, options) !== promoted.hash;
  return {
    name,
    files: texts.map(([path]) => path),
    masked: promoted.masked,
    ...(isChanged
      ? { note: `${found.file} is another version than the run had: the test says what is different by now.` }
      : {}),
  };
}

async function opened(file: string, folder: string, catalogue: WritePromotedOptions['catalogue']) {
  const result = await openTest(file, folder, catalogue);
  if (result.ok) return result.opened;
  throw new TelosError('USAGE', `${file} is there, and has faults:\n${faultLines(result.faults).trimEnd()}`, {
    next: 'Correct them, or name another file.',
  });
}

/** The file of the workflow, where one is found beside the test, in `workflows/` or in the working directory; else one to be written beside the test. */
function workflowFile(
  { workflow, source }: Promoted,
  file: string,
  { folder, catalogue }: WritePromotedOptions,
): { readonly file: string; readonly source?: string } {
  const beside =
    workflowBeside(workflow, file, folder, catalogue.isWithheld)?.file ??
    libraryFile(workflow, folder) ??
    workflowBeside(workflow, '.', folder, catalogue.isWithheld)?.file;
  if (beside !== undefined) return { file: beside };
  const own = join(dirname(file), `${workflow}.yaml`);
  if (source !== undefined) return { file: own, source };
  throw new TelosError(
    'WORKFLOW_NOT_FOUND',
    `There is no file of the workflow ${workflow} beside ${file}, in workflows/ or here.`,
  );
}

function hashOfFile(file: string, { folder, catalogue }: WritePromotedOptions): string | undefined {
  const { source, readFile } = readWorkflowFile(file, folder, catalogue.isWithheld);
  const result = compile(source, { catalog: catalogue.catalog, file, readFile });
  return result.ok ? result.compiled.hash : undefined;
}

function pathFrom(file: string, target: string): string {
  const way = relative(dirname(file), target).replaceAll('\\', '/');
  return way.startsWith('.') ? way : `./${way}`;
}
