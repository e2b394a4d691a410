import { TelosError } from '@telos/core';

const reasons: { readonly [code: string]: string } = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be looked up',
  ECONNREFUSED: 'it refuses connections',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  ENETUNREACH: 'there is no network to it',
  EHOSTUNREACH: 'there is no network to it',
  UND_ERR_CONNECT_TIMEOUT: 'it does not take connections',
  ETIMEDOUT: 'it does not take connections',
};

/** Of these, the ones that come before a request is sent. */
const before = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * What went wrong below HTTP, as a TelosError; one that is a TelosError already stays as it is.
 *
 * @param isFirst Whether nothing was sent before: a request that was redirected has reached somebody.
 */
export function networkError(host: string, error: unknown, isFirst: boolean): TelosError {
  if (error instanceof TelosError) return error;
  const codes = codesOf(error);
  if (codes.includes('UND_ERR_INVALID_ARG')) {
    return new TelosError('HTTP_URL_INVALID', `The request to ${host} is malformed: ${messageOf(error)}`, {
      next: 'Check the header names and values: they may hold no line breaks.',
    });
  }
  const known = codes.map((code) => reasons[code]).find((reason) => reason !== undefined);
  const isUnsent = isFirst && codes.some((code) => before.has(code));
  return new TelosError('HTTP_UNAVAILABLE', `${host} cannot be reached: ${known ?? messageOf(error)}`, {
    details: { host },
    ...(isUnsent ? { effect: 'none' as const } : {}),
    cause: error,
  });
}

/** Codes of an error, of its causes and of the attempts it sums up, outermost first. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [...own, ...inner.flatMap(codesOf)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
