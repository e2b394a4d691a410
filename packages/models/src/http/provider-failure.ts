/**
 * What went wrong between us and a provider, as one of our codes.
 *
 * The HTTP status decides, then the provider's own code, then the kind of
 * network error. Messages name the model and the host; the key and what a
 * provider says about a key are kept out.
 */
import { TelosError } from '@telos/core';
import type { ErrorCode, JsonObject } from '@telos/core';

/** A call, as far as its failures need to know it. */
export type CallSite = {
  readonly ref: string;
  /** Host and port, without user name or password. */
  readonly host: string;
  /** Never shown, whatever the provider echoes. */
  readonly secret?: string;
  /** What a 404 means here. */
  readonly notFound: 'MODEL_UNKNOWN' | 'MODEL_NOT_INSTALLED';
  /** Replaces the catalogue's next step for a 404. */
  readonly notFoundNext?: string;
  /** Milliseconds since the epoch, to read a Retry-After that is a date. */
  readonly now: number;
};

export function providerFailure(error: unknown, site: CallSite): TelosError {
  if (error instanceof TelosError) return error;
  const facts = factsOf(error);
  return facts.status === undefined ? connectionFailure(error, facts, site) : statusFailure(facts, facts.status, site);
}

type Facts = {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly retryAfterMs: string | undefined;
  readonly code: string;
  readonly param: string;
  readonly name: string;
  readonly message: string;
};

/** Reads what HttpFailure and the OpenAI client's errors have in common. */
function factsOf(error: unknown): Facts {
  const field = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const text = (name: string): string => {
    const value = field(name);
    return typeof value === 'string' ? value : '';
  };
  const status = field('status');
  const headers = field('headers');
  const header = (name: string): string | undefined =>
    headers instanceof Headers ? (headers.get(name) ?? undefined) : undefined;
  return {
    status: typeof status === 'number' ? status : undefined,
    retryAfter: header('retry-after'),
    retryAfterMs: header('retry-after-ms'),
    code: text('code') === '' ? text('type') : text('code'),
    param: text('param'),
    name: text('name'),
    message: error instanceof Error ? error.message : String(error),
  };
}

function statusFailure(facts: Facts, status: number, site: CallSite): TelosError {
  const where = `${site.ref} at ${site.host}`;
  const said = quoted(facts.message, site);
  const details: JsonObject = { model: site.ref, host: site.host, status };
  const failure = (code: ErrorCode, message: string, more: { next?: string; details?: JsonObject } = {}): TelosError =>
    new TelosError(code, message, {
      details: { ...details, ...more.details },
      ...(more.next === undefined ? {} : { next: more.next }),
    });

  if (status === 401 || status === 403)
    return failure('MODEL_KEY_INVALID', `${where} refused the key (HTTP ${status}).`);
  if (status === 404) {
    const next = site.notFoundNext === undefined ? {} : { next: site.notFoundNext };
    return failure(site.notFound, `${where} was not found${said}`, next);
  }
  if (status === 408 || status === 504) return failure('MODEL_TIMEOUT', `${where} timed out (HTTP ${status})${said}`);
  if (status === 429 && facts.code === 'insufficient_quota') {
    return new TelosError('MODEL_RATE_LIMITED', `${where}: the account has no credit left${said}`, {
      kind: 'terminal',
      next: "Add credit to the provider's account, or name another model.",
      details,
    });
  }
  if (status === 429) {
    const retryAfterMs = retryAfter(facts, site.now);
    return failure('MODEL_RATE_LIMITED', `${where} limits its requests (HTTP 429)${said}`, {
      details: retryAfterMs === undefined ? {} : { retryAfterMs },
    });
  }
  if (status >= 500) return failure('MODEL_UNAVAILABLE', `${where} failed (HTTP ${status})${said}`);
  if (/content_filter|content_policy/.test(facts.code)) return failure('MODEL_REFUSED', `${where} refused${said}`);
  return failure('MODEL_REQUEST_INVALID', `${where} rejected the request (HTTP ${status})${said}`);
}

const timeouts = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT'];

/** No status: the connection failed, broke off, or carried something else than the protocol. */
function connectionFailure(error: unknown, facts: Facts, site: CallSite): TelosError {
  const where = `${site.ref} at ${site.host}`;
  const details: JsonObject = { model: site.ref, host: site.host };
  const codes = causesOf(error).map((cause) => factsOf(cause).code);
  const code = codes.find((code) => code !== '');
  if (facts.name === 'ContextOverflowError') {
    return new TelosError('MODEL_REQUEST_INVALID', `${where}: the prompt is longer than the model's context.`, {
      next: 'Shorten the prompt or choose a model with a longer context.',
      details,
    });
  }
  if (facts.name === 'TimeoutError' || codes.some((code) => timeouts.includes(code))) {
    return new TelosError('MODEL_TIMEOUT', `${where} did not answer in time.`, { details });
  }
  const reason = code ?? quoted(facts.message, site).replace(/^: /, '');
  return new TelosError('MODEL_UNAVAILABLE', `${where} cannot be reached or broke off (${reason}).`, { details });
}

/** The error and its causes, outermost first. */
function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let at = error; at instanceof Error && causes.length < 8; at = at.cause) {
    causes.push(at, ...(at instanceof AggregateError ? at.errors : []));
  }
  return causes;
}

/** `: what the provider said`, cut to a line or two, the key struck out; '.' when it said nothing. */
function quoted(message: string, site: CallSite): string {
  const struck = site.secret === undefined ? message : message.replaceAll(site.secret, '***');
  const line = struck
    .replaceAll(/\bsk-[\w*-]{4,}/g, '***')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line === '' ? '.' : `: ${line.slice(0, 300)}`;
}

function retryAfter(facts: Facts, now: number): number | undefined {
  if (facts.retryAfterMs !== undefined && /^\d+$/.test(facts.retryAfterMs)) return Number(facts.retryAfterMs);
  if (facts.retryAfter === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(facts.retryAfter)) return Math.ceil(Number(facts.retryAfter) * 1000);
  const date = Date.parse(facts.retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
