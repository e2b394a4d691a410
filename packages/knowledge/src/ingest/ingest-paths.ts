import type { CollectionIndex, CollectionState, StoredDocument } from '../index-file/collection-index.ts';
import { findFiles } from './find-files.ts';
import type { FoundFile, Skipped } from './find-files.ts';
import { documentOf, readText } from './read-document.ts';
import { placeIn } from './workspace.ts';
import type { Place, Workspace } from './workspace.ts';

/** Called after each file that was looked at. */
export type IngestProgress = (progress: {
  readonly done: number;
  readonly total: number;
  readonly path: string;
}) => void;

export type Intake = {
  /** Documents that were added or had changed. */
  readonly documents: number;
  /** Their passages. */
  readonly chunks: number;
  /** Documents left as they were. */
  readonly unchanged: number;
  /** Documents whose files are gone, or are no longer text. */
  readonly removed: number;
  readonly skipped: readonly Skipped[];
};

/**
 * Brings a collection up to date with files and folders. A file whose size and
 * time of change are known is not read; one whose content is known is not cut
 * again; what no longer stands below a named folder leaves the index.
 *
 * @throws TelosError KNOWLEDGE_OUTSIDE_WORKSPACE, KNOWLEDGE_FOLDER_MISSING, before anything is written.
 */
export async function ingestPaths(
  index: CollectionIndex,
  workspace: Workspace,
  collectionName: string,
  paths: readonly string[],
  signal: AbortSignal,
  onProgress: IngestProgress = () => {},
): Promise<Intake> {
  const places: Place[] = [];
  for (const path of paths) places.push(await placeIn(workspace.folder, path));
  const files = new Map<string, FoundFile>();
  const skipped = new Map<string, Skipped>();
  for (const place of places) {
    const found = await findFiles(workspace, place, signal);
    for (const file of found.files) files.set(file.name, file);
    for (const skip of found.skipped) skipped.set(skip.path, skip);
  }
  for (const name of files.keys()) skipped.delete(name);

  const collection = index.findOrCreate(collectionName);
  const known = new Map(index.documents(collection.id).map((document) => [document.path, document]));
  const counts = { documents: 0, chunks: 0, unchanged: 0 };
  let done = 0;
  for (const file of files.values()) {
    signal.throwIfAborted();
    const outcome = await takeIn(index, collection, file, known.get(file.name));
    if (outcome === 'unchanged') counts.unchanged += 1;
    else if ('reason' in outcome) {
      skipped.set(file.name, { path: file.name, reason: outcome.reason });
      files.delete(file.name);
    } else {
      counts.documents += 1;
      counts.chunks += outcome.chunks;
    }
    done += 1;
    onProgress({ done, total: files.size, path: file.name });
  }

  const gone = [...known.values()].filter(
    ({ path }) => !files.has(path) && places.some((place) => covers(place, path)),
  );
  for (const { id } of gone) index.remove(collection.id, id);
  return { ...counts, removed: gone.length, skipped: [...skipped.values()] };
}

async function takeIn(
  index: CollectionIndex,
  collection: CollectionState,
  file: FoundFile,
  known: StoredDocument | undefined,
): Promise<'unchanged' | { readonly chunks: number } | { readonly reason: string }> {
  if (known?.mtimeMs === file.mtimeMs && known.size === file.size) return 'unchanged';
  const read = await readText(file);
  if ('reason' in read) return read;
  if (known?.hash === read.hash) {
    index.touch(known.id, file.mtimeMs, file.size);
    return 'unchanged';
  }
  const document = documentOf(file.name, read.hash, read.text);
  index.replace(collection.id, file.name, file, document);
  return { chunks: document.chunks.length };
}

function covers(place: Place, path: string): boolean {
  return place.name === '' || path === place.name || path.startsWith(`${place.name}/`);
}
