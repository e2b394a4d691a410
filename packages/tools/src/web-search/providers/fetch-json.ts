import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import type { z } from 'zod';
import type { HttpClient } from '../../http/http-client.ts';
import type { HttpRequest } from '../../http/messages.ts';
import { statusError } from '../../http/status-error.ts';
import { textOf } from '../../http/text-of.ts';

const timeoutMs = 15_000;
const maxBytes = 4 * 1024 * 1024;

/** Requests a page of a provider within the bounds that hold for all of them. @throws TelosError for a status of 400 or more. */
export async function fetchText(
  http: HttpClient,
  clock: Clock,
  request: HttpRequest,
): Promise<{ status: number; text: string }> {
  const response = await http.request({ timeoutMs, maxBytes, ...request });
  if (response.status >= 400) throw statusError(response, clock);
  return { status: response.status, text: textOf(response.body, response.headers['content-type']) };
}

/** Requests JSON of a known shape. @throws TelosError HTTP_BODY_INVALID when it is no JSON or of another shape. */
export async function fetchJson<T>(
  http: HttpClient,
  clock: Clock,
  shape: z.ZodType<T>,
  request: HttpRequest,
): Promise<T> {
  const { text } = await fetchText(http, clock, {
    ...request,
    headers: { accept: 'application/json', ...request.headers },
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TelosError('HTTP_BODY_INVALID', `${new URL(request.url).host} answered with what is no JSON`, { cause });
  }
  const parsed = shape.safeParse(value);
  if (!parsed.success) {
    throw new TelosError('HTTP_BODY_INVALID', `${new URL(request.url).host} answered with JSON of an unknown shape`, {
      cause: parsed.error,
    });
  }
  return parsed.data;
}
