import { TelosError } from '@telos/core';
import type { ErrorCode } from '@telos/core';
import type { Database } from './database.ts';

/** SQLSTATE codes and classes, the most exact first. See the PostgreSQL manual, appendix A. */
const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(25006|42501)$/, 'DB_ACCESS_REFUSED'],
  [/^57014$/, 'DB_TIMEOUT'],
  [/^(40001|40P01|55P03)$/, 'DB_BUSY'],
  [/^(28|3D)/, 'DB_CONNECTION_INVALID'],
  [/^08P01$/, 'DB_PARAMS_INVALID'],
  [/^(08|53|57P)/, 'DB_UNAVAILABLE'],
  [/^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|ETIMEDOUT|EPIPE)/, 'DB_UNAVAILABLE'],
];

/** Of those, the ones that come before anything is sent. */
const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** An error of the driver or the server as a TelosError: the server's message, never the URL's password. */
export function postgresError(error: unknown, database: Database & { readonly kind: 'postgres' }): TelosError {
  if (error instanceof TelosError) return error;
  const inner = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const state = inner instanceof Error && 'code' in inner && typeof inner.code === 'string' ? inner.code : '';
  const message = withoutPassword(inner instanceof Error ? inner.message : String(inner), database.url);
  if (/Invalid URL|ssl.*root certificate|unsupported|SSL connections/i.test(message) && state === '') {
    return new TelosError('DB_CONNECTION_INVALID', `${database.shown}: ${message}`);
  }
  const lost = state === '' && /terminated|timeout expired|timed out|closed/i.test(message);
  const known = codes.find(([pattern]) => pattern.test(state))?.[1];
  const code =
    known ??
    (state === '' || state === 'ERR_INVALID_URL'
      ? lost
        ? 'DB_UNAVAILABLE'
        : 'DB_CONNECTION_INVALID'
      : 'DB_QUERY_FAILED');
  const isUnreached = unreached.has(state);
  const position = inner instanceof Error && 'position' in inner ? Number(inner.position) : Number.NaN;
  const at = Number.isNaN(position) ? '' : ` (at character ${position})`;
  return new TelosError(code, `${database.shown}: ${message}${at}`, {
    details: {
      database: database.shown,
      ...(/^[0-9A-Z]{5}$/.test(state) ? { sqlstate: state } : {}),
      ...(Number.isNaN(position) ? {} : { position }),
    },
    ...(isUnreached ? { effect: 'none' as const } : {}),
  });
}

function withoutPassword(message: string, url: string): string {
  const written = /^\w+:\/\/[^/@:]*:([^@/]+)@/.exec(url)?.[1];
  if (written === undefined) return message;
  let plain = written;
  try {
    plain = decodeURIComponent(written);
  } catch {
    // Not encoded: it is what it is.
  }
  return [url, written, plain].reduce((text, secret) => text.split(secret).join('***'), message);
}
