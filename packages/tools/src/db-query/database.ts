import type { Json, JsonObject } from '@telos/core';
import type { Statement } from './statement.ts';

/** Where a query goes. `read` is enforced by the database itself; reading the SQL only adds to it. */
export type Database = { readonly access: 'read' | 'write' } & (
  | {
      readonly kind: 'sqlite';
      /** Absolute and real. */ readonly file: string;
      /** As the author wrote it. */ readonly shown: string;
    }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** Host and database, without credentials. */ readonly shown: string;
    }
);

export type QueryLimits = {
  readonly maxRows: number;
  /** Of the rows as JSON text. */ readonly maxBytes: number;
  readonly timeoutMs: number;
};

export type Query = {
  readonly statement: Statement;
  /** One for each position of the statement. */
  readonly values: readonly Json[];
  readonly limits: QueryLimits;
  readonly signal: AbortSignal;
};

export type Answer = {
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  /** True when there were more rows than the limits allow. */
  readonly truncated: boolean;
  /** Rows that a writing statement changed. */
  readonly changes?: number;
};
