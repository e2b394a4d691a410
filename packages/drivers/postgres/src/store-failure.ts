import { TelosError } from '@telos/core';
import type { ErrorCode } from '@telos/core';

/** SQLSTATE codes, classes (two letters) and codes of the network, the most exact first. PostgreSQL's manual, appendix A. */
const known: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/^53100$/, 'STORE_FULL', 'cannot grow: its disk is full'],
  [/^53300$/, 'STORE_UNAVAILABLE', 'has no connection left'],
  [/^53/, 'STORE_UNAVAILABLE', 'lacks resources'],
  [/^XX00[12]$/, 'STORE_CORRUPT', 'is damaged'],
  [/^58/, 'STORE_UNAVAILABLE', 'cannot read or write its files'],
  [/^25006$/, 'STORE_UNAVAILABLE', 'is read-only'],
  [/^57P0[1-4]$/, 'STORE_UNAVAILABLE', 'is shutting down or starting up'],
  [/^57014$/, 'STORE_UNAVAILABLE', 'took too long, or somebody cancelled the statement'],
  [/^55P03$/, 'STORE_UNAVAILABLE', 'is locked by another session'],
  [/^40/, 'STORE_UNAVAILABLE', 'is busy with conflicting transactions'],
  [/^28/, 'STORE_UNAVAILABLE', 'does not let this user in'],
  [/^3D/, 'STORE_UNAVAILABLE', 'is not there'],
  [/^42501$/, 'STORE_UNAVAILABLE', 'does not allow this to its user'],
  [/^(42P01|42703|42883|3F000)$/, 'STORE_CORRUPT', 'lacks tables, columns or functions of the store'],
  [/^(08|57)/, 'STORE_UNAVAILABLE', 'has broken the connection'],
  [
    /^(E(?!RR_)[A-Z_]{3,}|ERR_(TLS|SSL|SOCKET|STREAM)|CERT_|DEPTH_|SELF_|UNABLE_)/,
    'STORE_UNAVAILABLE',
    'cannot be reached',
  ],
];

/** The five letters of an SQLSTATE, or the network's code; undefined for what has neither. */
export function codeOf(error: unknown): string | undefined {
  const inner = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  return inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : undefined;
}

/** Whether the server itself said no, and the connection is as good as before. */
export function isAnswer(error: unknown): boolean {
  const code = codeOf(error) ?? '';
  // A connection to a server that has become read-only, or is going, should be made anew: perhaps to another.
  return isState(code) && !/^(08|25006|57P)/.test(code);
}

function isState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E');
}

/**
 * A failure of the server or of the way to it, as callers see it; undefined when
 * the error is something else, for example a broken rule of the schema.
 *
 * @param shown The database as it may be shown.
 */
export function storeFailureOf(error: unknown, shown: string): TelosError | undefined {
  if (error instanceof TelosError) return error;
  const code = codeOf(error);
  const detail = error instanceof Error ? (error instanceof AggregateError ? error.errors[0] : error) : undefined;
  const said = detail instanceof Error && detail.message !== '' ? ` (${detail.message})` : '';
  if (code === undefined) {
    // The client library's own words for a connection that is gone, closed or silent carry no code.
    if (!/terminated|timeout|timed out|not queryable|closed|SSL|password|SASL/i.test(said)) return undefined;
    return new TelosError('STORE_UNAVAILABLE', `The store ${shown} cannot be reached${said}.`, {
      details: { store: shown },
    });
  }
  const found = known.find(([pattern]) => pattern.test(code));
  if (found === undefined) return undefined;
  const [, telosCode, says] = found;
  return new TelosError(telosCode, `The store ${shown} ${says}${said}.`, {
    cause: error,
    details: { store: shown, ...(isState(code) ? { sqlstate: code } : {}) },
  });
}
