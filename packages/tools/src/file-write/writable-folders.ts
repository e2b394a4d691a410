/**
 * The folders of the workspace that workflows may write to.
 *
 * Few on purpose: whoever may write anywhere in the workspace may write a workflow, a setting or a script that somebody
 * runs later. Like paths that are read, a path is judged after every symbolic link in it has been followed.
 */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { TelosError } from '@telos/core';
import { codeOf, isWithin } from '../workspace.ts';

export interface WritableFolders {
  /**
   * Stores a text file whole, in place of one that is there; missing folders are made. Whoever reads the file meanwhile
   * sees the old text or the new one, and after a crash it holds one of them.
   * @returns Its path, relative to the workspace, with forward slashes.
   * @throws TelosError FILE_NOT_WRITABLE.
   */
  writeText(path: string, text: string): Promise<string>;
}

/** @param folders Relative to the workspace. Empty: nothing may be written. */
export function createWritableFolders(workspace: string, folders: readonly string[]): WritableFolders {
  const root = resolve(workspace);

  /** The real path of where the file is to stand. Makes the folders that lead there. */
  async function placeFor(path: string): Promise<string> {
    const realRoot = await realpath(root);
    const asked = resolve(realRoot, path);
    const within = folders.map((folder) => resolve(realRoot, folder)).find((folder) => isWithin(folder, asked));
    if (path.includes('\0') || within === undefined || within === asked) throw elsewhere(path, folders);
    const parent = dirname(asked);
    // Nothing is made before it is known that no link on the way there leads elsewhere.
    const nearest = await nearestThere(parent);
    if (nearest.real !== nearest.path) throw elsewhere(path, folders);
    await mkdir(parent, { recursive: true });
    const real = await realpath(parent);
    if (!isWithin(within, real)) throw elsewhere(path, folders);
    const place = join(real, basename(asked));
    if (await isFolder(place)) throw refused(path, 'is a folder');
    return place;
  }

  return {
    async writeText(path, text) {
      try {
        const place = await placeFor(path);
        await replaceWhole(place, text);
        return relative(await realpath(root), place)
          .split(sep)
          .join('/');
      } catch (error) {
        throw error instanceof TelosError ? error : refused(path, reasonOf(error), error);
      }
    },
  };
}

/** The folder itself, or the nearest one above it that exists: as it is named, and where that really is. */
async function nearestThere(folder: string): Promise<{ readonly path: string; readonly real: string }> {
  try {
    return { path: folder, real: await realpath(folder) };
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
    return nearestThere(dirname(folder));
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** A link that stands there is replaced itself: what it leads to is not touched. */
async function replaceWhole(place: string, text: string): Promise<void> {
  const draft = join(dirname(place), `.${randomUUID()}.part`);
  try {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
    const handle = await open(draft, flags, 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function elsewhere(path: string, folders: readonly string[]): TelosError {
  const named = folders.map((folder) => `"${folder}"`).join(' and ');
  const where = folders.length === 0 ? 'nothing may be written' : `files are written below ${named}`;
  return new TelosError('FILE_NOT_WRITABLE', `"${path}" may not be written: ${where}`, {
    details: { path, writable: [...folders] },
  });
}

function refused(path: string, why: string, cause?: unknown): TelosError {
  return new TelosError('FILE_NOT_WRITABLE', `"${path}" ${why}`, { details: { path }, cause });
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'may not be written by this process';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'cannot be written: the disk is full';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'lies below a file';
  return `cannot be written (${code ?? 'unknown reason'})`;
}
