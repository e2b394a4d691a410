/** What went wrong with a server, as an error of ours: whether it may pass, and whether the call may have taken effect. */
import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client';
import { TelosError } from '@telos/core';
import type { JsonObject } from '@telos/core';

/** While a server is greeted or asked for its tools nothing can have taken effect. */
export type Doing = 'meeting' | 'calling';

export type FailureOf = {
  /** Of its tool when one was called: `crm.find`. */
  readonly what: string;
  readonly doing: Doing;
  readonly lastWords: string;
};

/** Of a program that cannot be started. */
const notStarted = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'EPERM']);
const longestMessage = 2000;

export function failureOf(error: unknown, { what, doing, lastWords }: FailureOf): TelosError {
  const message = error instanceof Error ? error.message : String(error);
  const details: JsonObject = lastWords === '' ? {} : { stderr: lastWords };
  const options = { cause: error, ...(lastWords === '' ? {} : { details }) };
  const gone = (why: string): TelosError =>
    doing === 'calling'
      ? new TelosError('MCP_INTERRUPTED', `The server of ${what} ended in the middle of the call: ${why}`, {
          ...options,
          effect: 'unknown',
        })
      : new TelosError('MCP_UNAVAILABLE', `The server of ${what} cannot be reached: ${why}`, {
          ...options,
          effect: 'none',
        });

  if (/exceeded maximum size/.test(message)) return tooLarge(what);
  const below = telosErrorIn(error);
  if (below !== undefined) {
    if (below.code === 'HTTP_TOO_LARGE') return tooLarge(what);
    if (below.code !== 'HTTP_UNAVAILABLE') return below;
    return below.effect === 'none' ? unavailable(what, below.message, options) : gone(sentence(below.message));
  }
  if (error instanceof SdkHttpError && error.status !== undefined)
    return statusFailure(error.status, what, message, options, gone);
  if (error instanceof SdkError) {
    switch (error.code) {
      case SdkErrorCode.ConnectionClosed:
        return gone('it closed the connection.');
      case SdkErrorCode.NotConnected:
      case SdkErrorCode.SendFailed:
        return unavailable(what, 'it closed the connection', options);
      case SdkErrorCode.EraNegotiationFailed:
        return new TelosError(
          'MCP_UNAVAILABLE',
          `The server of ${what} does not say what it speaks: ${bounded(message)}`,
          options,
        );
      default:
        return new TelosError('MCP_ANSWER_INVALID', `The server of ${what}: ${bounded(message)}`, options);
    }
  }
  if (error instanceof ProtocolError) {
    if (doing === 'calling')
      return new TelosError('MCP_TOOL_FAILED', `${what}: ${bounded(message)}`, { details: { code: error.code } });
    return new TelosError('MCP_ANSWER_INVALID', `The server of ${what}: ${bounded(message)}`, options);
  }
  if (codesOf(error).some((code) => notStarted.has(code)) || message === 'Not connected')
    return unavailable(what, message, options);
  if (error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError'))
    return new TelosError('MCP_ANSWER_INVALID', `The server of ${what}: ${bounded(message)}`, options);
  return gone(sentence(bounded(message)));
}

function statusFailure(
  status: number,
  what: string,
  message: string,
  options: { readonly cause: unknown },
  gone: (why: string) => TelosError,
): TelosError {
  if (status === 401 || status === 403)
    return new TelosError('MCP_REFUSED', `The server of ${what} answered with status ${status}.`, options);
  // A session that it does not know any more: the call was not looked at.
  if (status === 404)
    return unavailable(what, `it answered with status ${status}`, { ...options, details: { status } });
  if (status === 429 || status === 503) return unavailable(what, `it answered with status ${status}`, options);
  if (status === 502 || status === 504) return gone(`what stands before it answered with status ${status}.`);
  return new TelosError(
    'MCP_ANSWER_INVALID',
    `The server of ${what} answered with status ${status}: ${bounded(message)}`,
    options,
  );
}

function unavailable(
  what: string,
  why: string,
  options: { readonly cause: unknown; readonly details?: JsonObject },
): TelosError {
  return new TelosError('MCP_UNAVAILABLE', `The server of ${what} cannot be reached: ${sentence(why)}`, {
    ...options,
    effect: 'none',
  });
}

export function tooLarge(what: string): TelosError {
  return new TelosError('MCP_TOO_LARGE', `The server of ${what} answered with more than the connection takes.`);
}

function bounded(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
}

function sentence(message: string): string {
  return /[.!?…]$/.test(message) ? message : `${message}.`;
}

/** One of ours that the client wrapped, or handed on. */
function telosErrorIn(error: unknown): TelosError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1)
    if (at instanceof TelosError) return at;
  return undefined;
}

/** Codes of an error, of its causes and of the attempts it sums up. */
function codesOf(error: unknown, depth = 0): readonly string[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors : [error.cause];
  return [...own, ...inner.flatMap((one) => codesOf(one, depth + 1))];
}
