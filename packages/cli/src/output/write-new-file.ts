import { lstatSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TelosError } from '@telos/core';

/**
 * Says beforehand what writing would come to, for what takes long to make.
 * @throws TelosError FILE_EXISTS
 */
export function refuseExisting(file: string, folder: string, force: boolean): void {
  const there = lstatSync(resolve(folder, file), { throwIfNoEntry: false });
  if (there?.isDirectory() === true)
    throw new TelosError('FILE_EXISTS', `${file} exists already, and is a folder.`, {
      next: `Name a file in it, like ${file.replace(/\/+$/, '')}/new.yaml.`,
    });
  if (there !== undefined && !force)
    throw new TelosError('FILE_EXISTS', `${file} exists already. It was left as it is.`);
}

/**
 * Writes a file that a person asked for by its name.
 *
 * @param force Whether one of that name may be written over; else it is left as it is.
 * @throws TelosError FILE_EXISTS, FILE_UNREADABLE
 */
export function writeNewFile(file: string, folder: string, text: string, force: boolean): void {
  const path = resolve(folder, file);
  refuseExisting(file, folder, force);
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EEXIST') refuseExisting(file, folder, false);
    const said = code === 'ENOENT' ? 'its folder does not exist' : `the system says ${String(code)}`;
    throw new TelosError('FILE_UNREADABLE', `${file} cannot be written: ${said}.`, { cause: error });
  }
}
