import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first executable file called one of `names`, in the order of names, then of folders; undefined when there is none. */
export function onPath(names: readonly string[], path: string = process.env['PATH'] ?? ''): string | undefined {
  for (const name of names) {
    for (const folder of path.split(delimiter)) {
      const file = join(folder === '' ? '.' : folder, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here: look further.
      }
    }
  }
  return undefined;
}
