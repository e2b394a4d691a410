import type { CatalogEntry } from './entry.ts';

/** What a store can meet when it is opened or paged through. */
export const storeErrors = {
  STORE_NEWER: {
    kind: 'terminal',
    title: 'The store was written by a newer version of Telos',
    next: 'Update Telos, or name another TELOS_HOME or TELOS_DATABASE_URL; the database was left as it is.',
  },
  STORE_FOREIGN: {
    kind: 'terminal',
    title: 'The database belongs to another program',
    next: 'Name another TELOS_HOME or TELOS_DATABASE_URL; the database was left as it is.',
  },
  PAGE_INVALID: {
    kind: 'terminal',
    title: 'This page of the list cannot be given',
    next: 'Use the `next` of the page before as cursor, and a limit of 1 to 200.',
  },
} as const satisfies Record<string, CatalogEntry>;
