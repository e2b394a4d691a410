import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { TelosError } from '@telos/core';
import type { IsWithheld } from '../compose/withheld.ts';
import { readTextFile } from './text-file.ts';

/** The text of a workflow and what belongs to it. */
export type WorkflowFile = {
  /** As the user named it; shown in faults. */
  readonly file: string;
  readonly source: string;
  /**
   * Reads a file beside it that it names. Nothing outside its folder and the working directory is read.
   * @throws TelosError FILE_WITHHELD
   */
  readFile(path: string): string | undefined;
};

const extensions = ['.yaml', '.yml', '.json', '.jsonc'];

/** Where workflows are looked for by name. */
const library = 'workflows';

/** Whether a word on the command line means a file, and not the name of a workflow. */
export function isFileName(word: string): boolean {
  return word.includes('/') || word.includes('\\') || extensions.includes(extname(word));
}

/** @throws TelosError FILE_UNREADABLE */
export function readWorkflowFile(file: string, folder: string, isWithheld: IsWithheld): WorkflowFile {
  const source = readTextFile(file, folder);
  const own = dirname(resolve(folder, file));
  return {
    file,
    source,
    readFile(path) {
      const target = resolve(own, path);
      if (!isInside(target, own) && !isInside(target, folder)) return undefined;
      try {
        // A link says nothing about where it leads; a workflow may come from a stranger.
        const real = realpathSync(target);
        if (!isInside(real, realpathSync(own)) && !isInside(real, realpathSync(folder))) return undefined;
        if (isWithheld(real)) throw new TelosError('FILE_WITHHELD', `the file \`${path}\` is kept from workflows`);
        return statSync(real).isFile() ? readTextFile(real, folder) : undefined;
      } catch (error) {
        if (error instanceof TelosError && error.code === 'FILE_WITHHELD') throw error;
        return undefined;
      }
    },
  };
}

/** The workflow `id` from a file of that name in the folder of `file`; undefined when there is none. */
export function workflowBeside(
  id: string,
  file: string,
  folder: string,
  isWithheld: IsWithheld,
): WorkflowFile | undefined {
  const found = extensions
    .map((extension) => join(dirname(file), `${id}${extension}`))
    .find((candidate) => existsSync(resolve(folder, candidate)));
  return found === undefined ? undefined : readWorkflowFile(found, folder, isWithheld);
}

/** The file of the workflow `id` in `workflows/` under `folder`, relative to it; undefined when there is none. */
export function libraryFile(id: string, folder: string): string | undefined {
  return extensions
    .map((extension) => join(library, `${id}${extension}`))
    .find((file) => existsSync(resolve(folder, file)));
}

/** Names of the workflows in `workflows/` under `folder`. */
export function libraryNames(folder: string): readonly string[] {
  try {
    return readdirSync(join(folder, library))
      .filter((file) => extensions.includes(extname(file)))
      .map((file) => file.slice(0, -extname(file).length));
  } catch {
    return [];
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && resolve(folder, way) === path;
}
