/**
 * The workspace: the one folder whose files a workflow may name.
 *
 * Paths are relative to it. A path is judged after every symbolic link in it has
 * been followed, so neither `..` nor a link leads out.
 */
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { TelosError } from '@telos/core';

type WorkspaceText = {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly bytes: number;
};

export interface Workspace {
  /**
   * The real path of an existing file, for drivers that open it themselves.
   * @throws TelosError FILE_NOT_FOUND (with near names), FILE_OUTSIDE_WORKSPACE, FILE_WITHHELD, FILE_NOT_TEXT when it is a folder or a device.
   */
  locate(path: string): Promise<string>;
  /**
   * Reads a text file (UTF-8, or UTF-16 with a byte order mark).
   * @throws TelosError what `locate` throws; FILE_TOO_LARGE above `maxBytes`; FILE_NOT_TEXT when it is binary.
   */
  readText(path: string, maxBytes: number): Promise<WorkspaceText>;
}

/** @param isWithheld Whether a file in it, by its real path, is kept from workflows. */
export function createWorkspace(folder: string, isWithheld: (real: string) => boolean = () => false): Workspace {
  const root = resolve(folder);

  async function locate(path: string): Promise<string> {
    const asked = resolve(root, path);
    const realRoot = await realpath(root);
    if (path.includes('\0') || (!isWithin(root, asked) && !isWithin(realRoot, asked))) throw outside(path);
    let real: string;
    try {
      real = await realpath(asked);
    } catch (error) {
      if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') throw await notFound(realRoot, asked, path);
      throw unreadable(path, error);
    }
    if (!isWithin(realRoot, real)) throw outside(path);
    if (isWithheld(real)) throw withheld(path);
    // A pipe or a device would block or never end.
    const found = await stat(real);
    if (!found.isFile()) throw unreadable(path, undefined, found.isDirectory() ? 'is a folder' : 'is no regular file');
    return real;
  }

  return {
    locate,
    async readText(path, maxBytes) {
      const real = await locate(path);
      let bytes: Uint8Array;
      try {
        // Not following a link here closes the gap between the check above and the opening.
        const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW);
        try {
          const { size } = await handle.stat();
          if (size > maxBytes) {
            throw new TelosError('FILE_TOO_LARGE', `"${path}" has ${size} bytes; at most ${maxBytes} are read`, {
              details: { path, bytes: size, max_bytes: maxBytes },
            });
          }
          bytes = await handle.readFile();
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw error instanceof TelosError ? error : unreadable(path, error);
      }
      const text = decode(bytes);
      if (text === undefined) throw unreadable(path, undefined, 'is a binary file');
      return {
        path: relative(await realpath(root), real)
          .split(sep)
          .join('/'),
        text,
        bytes: bytes.byteLength,
      };
    },
  };
}

/** Whether a path is a folder or lies below it; both absolute. */
export function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** Text of the bytes, or undefined when they hold a zero byte or are not valid in their encoding. */
function decode(bytes: Uint8Array): string | undefined {
  const utf16 =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (utf16 === undefined && bytes.includes(0)) return undefined;
  try {
    return new TextDecoder(utf16 ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

async function notFound(root: string, asked: string, path: string): Promise<TelosError> {
  const near = await nearNames(root, asked);
  const hint = near.length === 0 ? '' : `; near it: ${near.map((name) => `"${name}"`).join(', ')}`;
  return new TelosError('FILE_NOT_FOUND', `There is no file "${path}" in the workspace${hint}`, {
    details: { path, near },
  });
}

/** Up to three files of the same folder (or of the nearest folder that exists) whose names resemble the one asked for. */
async function nearNames(root: string, asked: string): Promise<readonly string[]> {
  const folder = dirname(asked);
  if (!isWithin(root, folder)) return [];
  let real: string;
  try {
    real = await realpath(folder);
  } catch {
    return folder === root ? [] : nearNames(root, folder);
  }
  if (!isWithin(root, real)) return [];
  const wanted = basename(asked).toLowerCase();
  const names = await readdir(real).catch(() => []);
  return names
    .slice(0, 2000)
    .map((name) => ({ name, distance: distance(name.toLowerCase(), wanted) }))
    .filter(({ name, distance }) => distance <= Math.max(2, wanted.length / 3) || name.toLowerCase().startsWith(wanted))
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => relative(root, join(real, name)).split(sep).join('/'));
}

/** Levenshtein distance of two short names. */
function distance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}

function outside(path: string): TelosError {
  return new TelosError('FILE_OUTSIDE_WORKSPACE', `"${path}" leads out of the workspace`, { details: { path } });
}

function withheld(path: string): TelosError {
  return new TelosError('FILE_WITHHELD', `"${path}" is kept from workflows`, { details: { path } });
}

function unreadable(path: string, cause: unknown, why = reasonOf(cause)): TelosError {
  return new TelosError('FILE_NOT_TEXT', `"${path}" ${why}`, { details: { path }, cause });
}

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read by this process';
  return `cannot be read (${code ?? 'unknown reason'})`;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
