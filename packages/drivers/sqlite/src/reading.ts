import { TelosError } from '@telos/core';
import { storeFailureOf } from './store-failure.ts';

/** Runs a read outside of any transaction of ours. @throws TelosError STORE_UNAVAILABLE when closed, or what the file's failure means. */
export type Reading = <T>(read: () => T) => T;

export function readingOf(file: string, isOpen: () => boolean): Reading {
  return (read) => {
    if (!isOpen()) throw new TelosError('STORE_UNAVAILABLE', `The store ${file} was closed.`, { details: { file } });
    try {
      return read();
    } catch (error) {
      throw storeFailureOf(error, file) ?? error;
    }
  };
}
