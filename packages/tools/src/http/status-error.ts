import { TelosError } from '@telos/core';
import type { Clock, JsonObject } from '@telos/core';
import type { HttpResponse } from './messages.ts';
import { maskText } from './mask.ts';
import { textOf } from './text-of.ts';

/** Statuses that say "later", not "no". */
const passing = new Set([408, 425, 502, 503, 504]);

/**
 * An answer whose status is 400 or more, as an error: HTTP_RATE_LIMITED for 429,
 * HTTP_UNAVAILABLE for what may pass (408, 425, 502, 503, 504), else HTTP_STATUS.
 * `details.retry_after_ms` is there when the server says when to come back.
 */
export function statusError(response: HttpResponse, clock: Clock): TelosError {
  const host = new URL(response.url).host;
  const retryAfterMs = retryAfterOf(response.headers['retry-after'], clock);
  const details: JsonObject = {
    host,
    status: response.status,
    body: maskText(textOf(response.body, response.headers['content-type']).slice(0, 500)),
    ...(retryAfterMs === undefined ? {} : { retry_after_ms: retryAfterMs }),
  };
  const message = `${host} answered with status ${response.status}`;
  if (response.status === 429) {
    const effect = response.redirects === 0 ? { effect: 'none' as const } : {};
    return new TelosError('HTTP_RATE_LIMITED', message, { details, ...effect });
  }
  if (passing.has(response.status)) return new TelosError('HTTP_UNAVAILABLE', message, { details });
  return new TelosError('HTTP_STATUS', message, { details });
}

/** `Retry-After` in milliseconds from now: seconds or an HTTP date; undefined when absent or unreadable. */
function retryAfterOf(header: string | undefined, clock: Clock): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,8}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
}
