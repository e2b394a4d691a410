import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { liesIn } from './workspace.ts';
import type { Place, Workspace } from './workspace.ts';

/** A file that was left out, and why, for a person to read. */
export type Skipped = { readonly path: string; readonly reason: string };

export type FoundFile = Place & { readonly size: number; readonly mtimeMs: number };

/** In bytes. A larger file is seldom prose, and would hold everything else up. */
export const largestFile = 4 * 1024 * 1024;
const mostFiles = 20_000;

const leftOutFolders = new Set(['node_modules', '__pycache__', 'dist', 'build', 'target', 'vendor']);
const generated = /(?:\.min\.(?:js|css)|\.map|\.lock|-lock\.(?:json|yaml)|\.lockb)$/i;

/**
 * Walks a file or folder in name order. Links are followed while they stay in
 * the workspace; a folder reached twice is read once.
 *
 * A place that is named outright is read whatever its name is; what lies below
 * it is left out when it is hidden, generated or too large.
 */
export async function findFiles(
  workspace: Workspace,
  start: Place,
  signal: AbortSignal,
): Promise<{ readonly files: readonly FoundFile[]; readonly skipped: readonly Skipped[] }> {
  const files: FoundFile[] = [];
  const skipped: Skipped[] = [];
  const visited = new Set<string>();

  const visit = async (place: Place): Promise<void> => {
    signal.throwIfAborted();
    const found = await stat(place.real).catch(() => undefined);
    if (found === undefined) {
      skipped.push({ path: place.name, reason: 'it cannot be read' });
    } else if (found.isDirectory()) {
      if (visited.has(place.real)) return;
      visited.add(place.real);
      await visitFolder(place);
    } else if (workspace.isWithheld(place.real)) {
      skipped.push({ path: place.name, reason: 'it is kept from workflows' });
    } else if (!found.isFile()) {
      skipped.push({ path: place.name, reason: 'it is neither a file nor a folder' });
    } else if (found.size > largestFile) {
      const megabytes = (found.size / 1024 / 1024).toFixed(1);
      skipped.push({ path: place.name, reason: `it is too large: ${megabytes} MiB of at most 4` });
    } else if (files.length >= mostFiles) {
      skipped.push({ path: place.name, reason: `more than ${mostFiles} files were named at once` });
    } else {
      files.push({ ...place, size: found.size, mtimeMs: found.mtimeMs });
    }
  };

  const visitFolder = async (folder: Place): Promise<void> => {
    const entries = await readdir(folder.real, { withFileTypes: true }).catch(() => undefined);
    if (entries === undefined) skipped.push({ path: folder.name, reason: 'it cannot be read' });
    for (const entry of (entries ?? []).sort((left, right) => (left.name < right.name ? -1 : 1))) {
      const name = folder.name === '' ? entry.name : `${folder.name}/${entry.name}`;
      const reason = reasonToLeaveOut(entry.name, entry.isDirectory());
      if (reason !== undefined) {
        skipped.push({ path: name, reason });
        continue;
      }
      const joined = path.join(folder.real, entry.name);
      const real = entry.isSymbolicLink() ? await realpath(joined).catch(() => undefined) : joined;
      if (real === undefined) skipped.push({ path: name, reason: 'it is a link that leads nowhere' });
      else if (entry.isSymbolicLink() && !(await liesIn(workspace.folder, real)))
        skipped.push({ path: name, reason: 'it is a link out of the workspace' });
      else await visit({ real, name });
    }
  };

  await visit(start);
  return { files, skipped };
}

function reasonToLeaveOut(name: string, isFolder: boolean): string | undefined {
  if (name.startsWith('.')) return 'its name begins with a dot';
  if (isFolder && leftOutFolders.has(name)) return 'folders of this name hold made or fetched files';
  return !isFolder && generated.test(name) ? 'it was made by a program' : undefined;
}
