import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { chunkText } from '../chunk/chunk-text.ts';
import type { Chunk } from '../chunk/chunk-text.ts';
import type { TextFormat } from '../chunk/sections.ts';
import { largestFile } from './find-files.ts';
import type { FoundFile } from './find-files.ts';
import { htmlText } from './html-text.ts';

/** A file as the index takes it. */
export type ReadDocument = {
  /** SHA-256 of the file's bytes. */
  readonly hash: string;
  /** What passages name: the file's name in the workspace; with `#extracted-text` where offsets count in text taken out of HTML. */
  readonly source: string;
  /** The words of the first heading and of the file's name; ranks, is not shown. */
  readonly title: string;
  readonly text: string;
  readonly chunks: readonly Chunk[];
};

const formats: { readonly [extension: string]: TextFormat | 'html' } = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.mdx': 'markdown',
  '.txt': 'plain',
  '.text': 'plain',
  '.rst': 'plain',
  '': 'plain',
  '.html': 'html',
  '.htm': 'html',
  '.xhtml': 'html',
  '.json': 'records',
  '.jsonl': 'records',
  '.ndjson': 'records',
  '.csv': 'records',
  '.tsv': 'records',
  '.yaml': 'records',
  '.yml': 'records',
};

/** The bytes of a file, or why they are not text. */
export async function readText(
  file: FoundFile,
): Promise<{ readonly hash: string; readonly text: string } | { readonly reason: string }> {
  let bytes: Buffer;
  try {
    // The path is real already: a link put in its place since then is not followed.
    const handle = await open(file.real, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      bytes = await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch {
    return { reason: 'it cannot be read' };
  }
  if (bytes.length > largestFile) return { reason: 'it grew too large while it was read' };
  if (bytes.includes(0)) return { reason: 'it is not text' };
  try {
    // The byte order mark stays: offsets count it, as a reader of the file would.
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { hash: createHash('sha256').update(bytes).digest('hex'), text };
  } catch {
    return { reason: 'it is not UTF-8 text' };
  }
}

/** Cuts a file's text into passages. */
export function documentOf(name: string, hash: string, raw: string): ReadDocument {
  const format = formats[path.posix.extname(name).toLowerCase()] ?? 'code';
  const text = format === 'html' ? htmlText(raw) : raw;
  const chunks = chunkText(text, format === 'html' ? 'markdown' : format);
  const stem = path.posix.basename(name, path.posix.extname(name)).replace(/[_-]+/g, ' ');
  const firstHeading = chunks[0]?.headings[0] ?? '';
  return {
    hash,
    source: format === 'html' ? `${name}#extracted-text` : name,
    title: `${firstHeading} ${stem}`.trim(),
    text,
    chunks: name.toLowerCase().endsWith('sv')
      ? chunks.map((chunk) => ({ ...chunk, headings: columnsOf(text) }))
      : chunks,
  };
}

/** The first line of a table names its columns, which every passage of it should be found by. */
function columnsOf(table: string): readonly string[] {
  const first = table.slice(0, 1000).split(/\r?\n/, 1)[0] ?? '';
  return first === '' ? [] : [first.replace(/^\uFEFF/, '')];
}
