/**
 * The process in which SQLite runs. SQLite cannot be interrupted from JavaScript,
 * so a statement that never ends is ended by ending this process.
 *
 * It imports nothing but Node's own modules, because it is started often; its
 * parent is ./sqlite.ts.
 */
import { DatabaseSync, constants } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';

export type SqliteRequest = {
  readonly file: string;
  readonly access: 'read' | 'write';
  readonly sql: string;
  readonly values: readonly (null | string | number | bigint)[];
  readonly maxRows: number;
  readonly maxBytes: number;
};

export type SqliteReply =
  | {
      readonly columns: readonly string[];
      readonly rows: readonly (readonly SQLOutputValue[])[];
      readonly truncated: boolean;
      readonly changes: number;
    }
  | { readonly error: { readonly message: string; /** SQLite's primary result code. */ readonly code: number } };

const busyTimeoutMs = 5000;

/** What a reading connection may do. Functions that touch files are not in Node's SQLite; loading extensions is off. */
const readActions = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);

/** Pragmas that only tell something. */
const tellingPragmas = new Set(
  'table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list database_list collation_list function_list user_version schema_version encoding compile_options'.split(
    ' ',
  ),
);

/** What a writing connection may not do: reach other files, or change how this one is kept. */
const neverActions = new Set([constants.SQLITE_ATTACH, constants.SQLITE_DETACH]);

function answer(request: SqliteRequest): SqliteReply {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(request.file, {
      readOnly: request.access === 'read',
      timeout: busyTimeoutMs,
      defensive: true,
    });
    database.setAuthorizer((action, first, second) => {
      if (action === constants.SQLITE_PRAGMA) {
        const tells = tellingPragmas.has((first ?? '').toLowerCase());
        const sets = second !== null && /^(user|schema)_version|encoding$/i.test(first ?? '');
        return tells && !sets ? constants.SQLITE_OK : constants.SQLITE_DENY;
      }
      const allowed = request.access === 'read' ? readActions.has(action) : !neverActions.has(action);
      return allowed ? constants.SQLITE_OK : constants.SQLITE_DENY;
    });
    const statement = database.prepare(request.sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    const columns = statement.columns().map((column) => column.name);
    if (columns.length === 0) {
      const { changes } = statement.run(...request.values);
      return { columns, rows: [], truncated: false, changes: Number(changes) };
    }
    const rows: SQLOutputValue[][] = [];
    let bytes = 0;
    let truncated = false;
    for (const row of statement.iterate(...request.values) as Iterable<unknown>) {
      const values = row as SQLOutputValue[]; // arrays were asked for above
      bytes += sizeOf(values);
      truncated = rows.length >= request.maxRows || bytes > request.maxBytes;
      // A writing statement must be carried through to its end, whatever is shown of it.
      if (truncated && request.access === 'read') break;
      if (!truncated) rows.push(values);
    }
    return { columns, rows, truncated, changes: 0 };
  } catch (error) {
    const code =
      error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : 1;
    return { error: { message: error instanceof Error ? error.message : String(error), code } };
  } finally {
    if (database?.isOpen === true) database.close();
  }
}

function sizeOf(values: readonly SQLOutputValue[]): number {
  let size = 0;
  for (const value of values) {
    size += typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength * 1.4 : 8;
  }
  return size;
}

process.on('message', (request) => {
  // Only the parent writes to this channel.
  process.send?.(answer(request as SqliteRequest));
});
