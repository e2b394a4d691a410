import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const packages = fileURLToPath(new URL('../..', import.meta.url));

/** What the command line is not made of; passed over because each start pays for every look. */
const others = new Set(['studio', 'testkit', 'testing', 'node_modules', 'dist']);

/** Whether nothing that `made` was made from has changed since. Where there are no sources, nothing can have. */
export function isCurrent(made) {
  const time = timeOf(made);
  if (time === undefined) return false;
  if ((timeOf(`${packages}../pnpm-lock.yaml`) ?? 0) > time) return false;
  return ![packages, `${packages}drivers/`].some((folder) =>
    namesIn(folder).some((name) => !others.has(name) && changedAfter(`${folder}${name}/src`, time)),
  );
}

// Paths are put together and folders told from files by their names: with `join` and `Dirent` a look costs twice as much.
function changedAfter(folder, time) {
  // A file that was removed shows in the time of its folder.
  if ((timeOf(folder) ?? 0) > time) return true;
  return namesIn(folder).some((name) => {
    if (others.has(name) || name.endsWith('.test.ts')) return false;
    const path = `${folder}/${name}`;
    return name.includes('.') ? (timeOf(path) ?? 0) > time : changedAfter(path, time);
  });
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
