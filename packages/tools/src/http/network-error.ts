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

/** What went wrong below HTTP, as a TelosError; one that is a TelosError already stays as it is. */
export function networkError(host: string, error: unknown): TelosError {
  if (error instanceof TelosError) return error;
  const codes = codesOf(error);
  if (codes.includes('UND_ERR_INVALID_ARG')) {
    return new TelosError('HTTP_URL_INVALID', `The request to ${host} is malformed: ${messageOf(error)}`, {
      next: 'Check the header names and values: they may hold no line breaks.',
    });
  }
  const known = codes.map((code) => reasons[code]).find((reason) => reason !== undefined);
  return new TelosError('HTTP_UNAVAILABLE', `${host} cannot be reached: ${known ?? messageOf(error)}`, {
    details: { host },
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
