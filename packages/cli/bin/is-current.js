import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** What the command line is not made of; passed over because each start pays for every look. */
const others = new Set(['studio', 'testkit', 'testing', 'node_modules', 'dist']);

/** Whether nothing that `made` was made from has changed since. Where there are no sources, nothing can have. */
export function isCurrent(made) {
  const time = timeOf(made);
  if (time === undefined) return false;
  if ((timeOf(join(packages, '../pnpm-lock.yaml')) ?? 0) > time) return false;
  const folders = [...foldersIn(packages), ...foldersIn(join(packages, 'drivers'))];
  return !folders.some((folder) => changedAfter(join(folder, 'src'), time));
}

function foldersIn(folder) {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !others.has(entry.name))
    .map((entry) => join(folder, entry.name));
}

function changedAfter(folder, time) {
  // A file that was removed shows in the time of its folder.
  if ((timeOf(folder) ?? 0) > time) return true;
  return entriesOf(folder).some((entry) => {
    if (others.has(entry.name) || entry.name.endsWith('.test.ts')) return false;
    const path = join(folder, entry.name);
    return entry.isDirectory() ? changedAfter(path, time) : (timeOf(path) ?? 0) > time;
  });
}

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
