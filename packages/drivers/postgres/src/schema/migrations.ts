import { apiKeys } from './api-keys.ts';
import { audit } from './audit.ts';
import { callbacks } from './callbacks.ts';
import { foreignSpans } from './foreign-spans.ts';
import { groupCommit } from './group.ts';
import { hooks } from './hooks.ts';
import { sealing } from './sealing.ts';
import { tables } from './tables.ts';

/**
 * Entry `n` brings a schema from version `n` to `n + 1`. What is done to tables never changes once released, and new
 * entries follow; functions are those of today, and whatever changes them brings an entry that replaces them.
 */
export const migrations: readonly ((schema: string) => string)[] = [
  (schema) => tables(schema) + groupCommit(schema),
  // A new run may come with its owner, and a step is called off in the commit that ends its run.
  (schema) =>
    `DROP FUNCTION IF EXISTS ${schema}.create_runs(json, json);
     DROP FUNCTION IF EXISTS ${schema}.claim_tasks(json);` + groupCommit(schema),
  // What few runs have cost is found by its price.
  (schema) => `CREATE INDEX runs_by_price ON ${schema}.runs (usd, created_at, number) WHERE usd > 0;`,
  // The end of a run may be posted.
  (schema) => callbacks(schema) + groupCommit(schema),
  audit,
  foreignSpans,
  // Messages name blobs, which are to be kept for them.
  groupCommit,
  apiKeys,
  hooks,
  // What a commit brings as JSON is taken apart once.
  groupCommit,
  sealing,
  // Runs of one namespace of many are found by it.
  (schema) =>
    `CREATE INDEX runs_by_namespace ON ${schema}.runs (namespace, status, created_at, number) WHERE namespace <> 'default';`,
];
