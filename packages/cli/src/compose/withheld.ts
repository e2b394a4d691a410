import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Config } from '../config/config.ts';

/** Whether a file, by its real path, is kept from workflows although it lies in the workspace. */
export type IsWithheld = (real: string) => boolean;

/**
 * Withheld are the engine's own databases, in which a workflow could read what
 * other runs hold or write what they did, and the files that settings and their
 * keys stand in. Whatever else is in the workspace is for workflows to use.
 */
export function withheldFrom(config: Config, workspace: string): IsWithheld {
  const { database } = config;
  const own = database.kind === 'sqlite' && database.path !== ':memory:' ? [database.path] : [];
  const files = [...own, knowledgePath(config), memoryPath(config)];
  return (real) => {
    const name = basename(real).toLowerCase();
    if (/^\.env(\.|$)/.test(name)) return true;
    if (name === 'telos.yaml' && dirname(real) === realFolder(workspace)) return true;
    // `-wal`, `-shm` and `-journal` stand beside a database.
    return files.some((file) => {
      const beside = relative(realFolder(dirname(file)), real);
      return !beside.includes(sep) && beside.startsWith(basename(file));
    });
  };
}

/** Holds the collections. */
export function knowledgePath({ home }: Config): string {
  return join(home, 'knowledge.db');
}

/** Holds what runs remember. */
export function memoryPath({ home }: Config): string {
  return join(home, 'memory.db');
}

/** Where a folder really is; itself when it does not exist yet. */
function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
