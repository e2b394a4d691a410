export { examinePostgresStore } from './examine-postgres-store.ts';
export type { PostgresStoreFacts } from './examine-postgres-store.ts';
export { openPostgresStore } from './open-postgres-store.ts';
export type { PostgresStoreOptions } from './open-postgres-store.ts';
