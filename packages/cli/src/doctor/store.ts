import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '@telos/core';
import type { Config } from '../config/config.ts';
import { broken } from './finding.ts';
import type { Finding } from './finding.ts';
import { unfinishedStatuses } from './unfinished.ts';

/** Whether the store can be opened, and what it holds. */
export async function examineStore(config: Config, opening: Promise<Store>): Promise<Finding[]> {
  try {
    const { runs: list } = await opening;
    const runs = await list.count({});
    const unfinished = await list.count({ status: unfinishedStatuses });
    const message = `${await factsOf(config)}; ${runs} runs, ${unfinished} unfinished.`;
    return [{ about: 'store', verdict: 'sound', message }];
  } catch (error) {
    return [broken('store', error)];
  }
}

async function factsOf({ database, durability }: Config): Promise<string> {
  if (database.kind === 'postgres') {
    const { examinePostgresStore } = await import('@telos/driver-postgres');
    const { shown, schema, version, server, isPooled, prepares } = await examinePostgresStore(database.url);
    const way = isPooled ? 'through a pooler' : 'directly';
    const statements = prepares ? 'statements kept prepared' : 'no statements kept prepared';
    return `${shown}, PostgreSQL ${server} reached ${way}, ${statements}, schema ${schema}, version ${version}`;
  }
  const { path } = database;
  if (path === ':memory:') return `kept in memory; durability ${durability}`;
  return `${path}, version ${versionOf(path)}, ${Math.ceil(statSync(path).size / 1024)} KiB; durability ${durability}`;
}

function versionOf(path: string): number {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  } finally {
    database.close();
  }
}
