import { groupCommit } from './group.ts';
import { tables } from './tables.ts';

/** Entry `n` brings a schema from version `n` to `n + 1`. Entries never change once released; new ones follow. */
export const migrations: readonly ((schema: string) => string)[] = [(schema) => tables(schema) + groupCommit(schema)];
