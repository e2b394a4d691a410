/** A test file compiled, with the workflow and the cassette that it names. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { TelosError } from '@telos/core';
import { compileTestFile, readCassette } from '@telos/language';
import type { Cassette, NamedWorkflow, TestFile } from '@telos/language';
import type { Fault } from '@telos/language';
import { nearest } from '@telos/language/text';
import type { Catalogue } from '../compose/catalogue.ts';
import { readTextFile } from '../inputs/text-file.ts';
import { isFileName, libraryFile, libraryNames, readWorkflowFile, workflowBeside } from '../inputs/workflow-file.ts';
import { workflowsBeside } from '../inputs/workflows-beside.ts';

export type OpenedTest = {
  readonly test: TestFile;
  /** As a user would name it; it may not be there yet. */
  readonly cassetteFile: string;
  readonly cassette: Cassette | undefined;
};

export type OpenResult =
  | { readonly ok: true; readonly opened: OpenedTest }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * @param file As the user named it, relative to `folder`.
 * @throws TelosError FILE_UNREADABLE for the test file itself.
 */
export async function openTest(
  file: string,
  folder: string,
  { catalog, isWithheld, meet }: Pick<Catalogue, 'catalog' | 'isWithheld' | 'meet'>,
): Promise<OpenResult> {
  const result = await compileTestFile(readTextFile(file, folder), {
    catalog,
    file,
    async workflow(named): Promise<NamedWorkflow | undefined> {
      const found = isFileName(named)
        ? readWorkflowFile(join(dirname(file), named), folder, isWithheld)
        : byId(named, file, folder, isWithheld);
      if (found === undefined) return undefined;
      await meet(found.source);
      return { ...found, workflow: workflowsBeside(found.file, folder, catalog, isWithheld) };
    },
  });
  if (!result.ok) return result;
  const { test } = result;
  const cassetteFile = test.cassette === undefined ? cassetteBeside(file) : join(dirname(file), test.cassette);
  if (!existsSync(resolve(folder, cassetteFile)))
    return { ok: true, opened: { test, cassetteFile, cassette: undefined } };
  const cassette = readCassette(readTextFile(cassetteFile, folder), cassetteFile);
  return cassette.ok ? { ok: true, opened: { test, cassetteFile, cassette: cassette.cassette } } : cassette;
}

/**
 * The test files that a word names: itself, or of a folder all that are in it and in those below.
 *
 * @throws TelosError USAGE for a folder without any.
 */
export function testFilesOf(word: string, folder: string): readonly string[] {
  const path = resolve(folder, word);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [word];
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.test\.(?:ya?ml|jsonc?)$/.test(name) && !/(?:^|[\\/])node_modules[\\/]/.test(name))
    .map((name) => join(word, name));
  if (found.length > 0) return found.toSorted();
  throw new TelosError('USAGE', `There is no test in ${word}.`, {
    next: 'Tests are files named like `brief.test.yaml`.',
  });
}

/** `brief.test.yaml` has `brief.cassette.yaml`. */
export function cassetteBeside(file: string): string {
  const extension = extname(file);
  const stem = file.slice(0, -extension.length).replace(/\.test$/, '');
  return `${stem}.cassette${extension === '' ? '.yaml' : extension}`;
}

/** @throws TelosError WORKFLOW_NOT_FOUND with the nearest name. */
function byId(
  id: string,
  file: string,
  folder: string,
  isWithheld: Catalogue['isWithheld'],
): ReturnType<typeof workflowBeside> {
  const beside = workflowBeside(id, file, folder, isWithheld);
  if (beside !== undefined) return beside;
  const own = libraryFile(id, folder);
  if (own !== undefined) return readWorkflowFile(own, folder, isWithheld);
  const near = nearest(id, [...namesBeside(file, folder), ...libraryNames(folder)]);
  throw new TelosError(
    'WORKFLOW_NOT_FOUND',
    `there is no workflow \`${id}\` beside the test or in workflows/${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
  );
}

function namesBeside(file: string, folder: string): readonly string[] {
  return readdirSync(resolve(folder, dirname(file))).map((name) => name.slice(0, -extname(name).length));
}
