import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { noText, unreadableFile } from './text-file.ts';

export type OpenFile = {
  readonly name: string;
  /** To be read once, to the end. */
  readonly lines: Iterable<string>;
  /** SHA-256 of what was read. */
  hash(): string;
};

/** In bytes: as much as is held beside the line under way. */
const chunk = 1 << 20;

/**
 * A file of rows, of any length, line by line.
 *
 * @param folder What the name is relative to.
 * Reading its lines throws TelosError FILE_UNREADABLE.
 */
export function openLabelledFile(file: string, folder: string): OpenFile {
  const path = resolve(folder, file);
  const hash = createHash('sha256');
  return { name: file, lines: linesOf(file, path, (text) => hash.update(text)), hash: () => hash.digest('hex') };
}

function* linesOf(file: string, path: string, onText: (text: string) => void): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  for (const bytes of chunksOf(file, path)) {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: bytes.length > 0 });
    } catch (cause) {
      throw noText(file, bytes, cause);
    }
    onText(text);
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

/** The bytes of a file in turn; an empty chunk ends them. */
function* chunksOf(file: string, path: string): Generator<Uint8Array> {
  const opened = attempt(file, path, () => openSync(path, 'r'));
  try {
    const buffer = new Uint8Array(chunk);
    for (let length = -1; length !== 0;) {
      length = attempt(file, path, () => readSync(opened, buffer, 0, chunk, null));
      yield buffer.subarray(0, length);
    }
  } finally {
    closeSync(opened);
  }
}

function attempt<T>(file: string, path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadableFile(file, path, error);
  }
}
