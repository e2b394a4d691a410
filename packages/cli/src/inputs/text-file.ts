import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { TelosError } from '@telos/core';
import { nearest } from '@telos/language/text';

/** Larger files are refused: what people write by hand is far smaller. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Reads a text file that the user named, relative to `folder`.
 * @throws TelosError FILE_UNREADABLE that names the nearest file when there is no such file.
 */
export function readTextFile(file: string, folder: string): string {
  const path = resolve(folder, file);
  try {
    const size = statSync(path).size;
    if (size > maxBytes) {
      throw new TelosError(
        'FILE_UNREADABLE',
        `${file} has ${Math.round(size / 1024 / 1024)} MiB; at most 16 MiB are read.`,
      );
    }
    return textIn(file, readFileSync(path));
  } catch (error) {
    if (error instanceof TelosError) throw error;
    throw unreadableFile(file, path, error);
  }
}

/** What to say of a file that the system would not read. */
export function unreadableFile(file: string, path: string, cause: unknown): TelosError {
  return new TelosError('FILE_UNREADABLE', reason(file, path, cause), {
    next: 'Check its name; paths are relative to the working directory.',
    cause,
  });
}

/** What to say of a file that is no text. */
export function noText(file: string, head: Uint8Array, cause: unknown): TelosError {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  return new TelosError('FILE_UNREADABLE', `${file} is not text in UTF-8${isWide ? ', but in UTF-16' : ''}.`, {
    next: 'Save it as UTF-8, or name a file of text.',
    cause,
  });
}

/** Without the mark that some editors of Windows put before it. */
function textIn(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw noText(file, bytes, cause);
  }
}

function reason(file: string, path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EISDIR') return `${file} is a folder; name a file in it.`;
  if (code === 'EACCES' || code === 'EPERM') return `${file} may not be read by this account.`;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return `${file} cannot be read (${String(code)}).`;
  const near = nearest(basename(file), filesOf(dirname(path)));
  return `There is no file ${file}.${near === undefined ? '' : ` Did you mean ${join(dirname(file), near)}?`}`;
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
