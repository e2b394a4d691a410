/**
 * The workspace is the one folder whose files may be read. A path is judged by
 * where it really leads, after every symbolic link.
 */
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { TelosError } from '@telos/core';

export type Workspace = {
  readonly folder: string;
  /** Whether a file in it, by its real path, is left out all the same. */
  readonly isWithheld: (real: string) => boolean;
};

/** A file or folder in the workspace. */
export type Place = {
  /** Where it really is. */
  readonly real: string;
  /** As people name it: relative to the workspace, with `/` between its parts; '' for the workspace itself. */
  readonly name: string;
};

/**
 * Finds a file or folder named relative to the workspace, or by an absolute path in it.
 *
 * @throws TelosError KNOWLEDGE_OUTSIDE_WORKSPACE, KNOWLEDGE_FOLDER_MISSING (with the nearest names beside it).
 */
export async function placeIn(workspace: string, named: string): Promise<Place> {
  const root = await realpath(workspace);
  const wanted = path.resolve(root, named);
  const lexical = relativeName(root, wanted) ?? relativeName(path.resolve(workspace), wanted);
  if (lexical === undefined || named.includes('\0')) throw outside(named);
  let real: string;
  try {
    real = await realpath(path.join(root, lexical));
  } catch {
    throw await missing(root, named, lexical);
  }
  if (relativeName(root, real) === undefined) throw outside(named);
  return { real, name: lexical };
}

/** Whether a real path lies in the workspace. */
export async function liesIn(workspace: string, real: string): Promise<boolean> {
  return relativeName(await realpath(workspace), real) !== undefined;
}

/** `child` relative to `root` with `/` between its parts, or undefined when it lies outside. */
function relativeName(root: string, child: string): string | undefined {
  const relative = path.relative(root, child);
  if (relative === '..' || relative.startsWith(`..${path.sep}`) || path.isAbsolute(relative)) return undefined;
  return relative.split(path.sep).join('/');
}

function outside(named: string): TelosError {
  return new TelosError('KNOWLEDGE_OUTSIDE_WORKSPACE', `"${named}" leads out of the workspace, so it is not read.`, {
    details: { path: named },
  });
}

async function missing(root: string, named: string, lexical: string): Promise<TelosError> {
  const wanted = path.posix.basename(lexical);
  const folder = path.posix.dirname(lexical);
  const beside = await readdir(path.join(root, folder)).catch(() => []);
  const near = beside
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), wanted.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= Math.max(2, Math.floor(Math.max(name.length, wanted.length) / 2)))
    .sort((left, right) => left.distance - right.distance || left.name.localeCompare(right.name))
    .slice(0, 3)
    .map(({ name }) => (folder === '.' ? name : `${folder}/${name}`));
  const hint = near.length === 0 ? '' : ` Near it: ${near.map((name) => `"${name}"`).join(', ')}.`;
  return new TelosError('KNOWLEDGE_FOLDER_MISSING', `There is no "${named}" in the workspace.${hint}`, {
    details: { path: named, near },
  });
}

/** Levenshtein distance; names longer than 100 characters are compared by their first 100. */
export function editDistance(left: string, right: string): number {
  const [from, to] = [left.slice(0, 100), right.slice(0, 100)];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
