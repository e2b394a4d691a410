import { anyJson, TelosError } from '@telos/core';
import type { Clock, Effect, Json, Tool } from '@telos/core';
import { z } from 'zod';
import { destinationOf, isPrivate } from '../http/destination.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { HttpResponse } from '../http/messages.ts';
import { maskHeaders, maskUrl } from '../http/mask.ts';
import { statusError } from '../http/status-error.ts';
import { isJsonType, isTextType, mediaTypeOf, textOf } from '../http/text-of.ts';
import { recordedCall } from '../recorded-call.ts';
import { encodeBody } from './encode-body.ts';

const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const auth = z.union([
  z.string().describe('The value of the Authorization header.'),
  z.strictObject({ bearer: z.string() }),
  z.strictObject({ username: z.string(), password: z.string() }),
]);

const input = z
  .strictObject({
    method: method.exactOptional().describe('Default GET.'),
    url: z.string().min(1),
    headers: z.record(z.string(), scalar).exactOptional(),
    query: z.record(z.string(), z.union([scalar, z.null(), z.array(scalar)])).exactOptional(),
    body: anyJson
      .exactOptional()
      .describe('Text is sent as it is; any other value as JSON, or as a form if the content type says so.'),
    auth: auth.exactOptional(),
    expect: z
      .array(z.int().min(100).max(599))
      .exactOptional()
      .describe('Statuses of 400 and more that are no failure.'),
  })
  .refine((given) => given.body === undefined || !isRead(given.method ?? 'GET'), {
    message: 'a GET, HEAD or OPTIONS request has no body; did you mean `method: POST`?',
    path: ['body'],
  });

const output = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: anyJson });

type HttpRequestInput = z.infer<typeof input>;

/**
 * Calls an HTTP API through the guarded client. GET, HEAD and OPTIONS only read;
 * every other method is a write, and carries the step's idempotency key in the
 * `Idempotency-Key` header. Whether the far side heeds it is not known, so the
 * tool does not promise it.
 */
export function httpRequestTool(http: HttpClient, clock: Clock): Tool<HttpRequestInput, z.infer<typeof output>> {
  return {
    name: 'http.request',
    description:
      'Sends an HTTP request and gives status, headers and body (JSON is parsed). A status of 400 or more fails unless `expect` lists it. Private addresses are refused.',
    input,
    output,
    effect: 'write',
    effectOf: effectOfRequest,
    returns: ['untrusted'],
    // It sends the key; whether the far side heeds it is the word of whoever states one.
    idempotent: true,
    spendsNothing: true,
    sendsTo: ({ url }) => destinationOf(url),
    run(given, context) {
      const verb = given.method ?? 'GET';
      const url = withQuery(given.url, given.query ?? {});
      const encoded = encodeBody(given.body, headersOf(given));
      const headers =
        isRead(verb) || 'idempotency-key' in encoded.headers
          ? encoded.headers
          : { ...encoded.headers, 'idempotency-key': context.idempotencyKey };
      const call = { method: verb, url: maskUrl(url), headers: maskHeaders(headers) };
      return recordedCall(context, clock, { kind: 'http', name: 'http.request', input: call }, async () => {
        const response = await http.request({
          url,
          method: verb,
          headers,
          signal: context.signal,
          keepsHost: isPrivate(context),
          ...(encoded.body === undefined ? {} : { body: encoded.body }),
        });
        if (response.status >= 400 && given.expect?.includes(response.status) !== true)
          throw statusError(response, clock);
        // Cookies in an output would end up in the journal.
        const shown = maskHeaders(response.headers);
        return {
          result: { status: response.status, headers: shown, body: decodeBody(response) },
          output: { status: response.status, headers: shown },
          attributes: { bytes: response.body.byteLength, redirects: response.redirects },
        };
      });
    },
  };
}

function effectOfRequest(given: HttpRequestInput): Effect {
  return isRead(given.method ?? 'GET') ? 'read' : 'write';
}

function isRead(verb: z.infer<typeof method>): boolean {
  return verb === 'GET' || verb === 'HEAD' || verb === 'OPTIONS';
}

function withQuery(given: string, query: NonNullable<HttpRequestInput['query']>): string {
  if (!URL.canParse(given))
    throw new TelosError('HTTP_URL_INVALID', `"${given.slice(0, 200)}" is no http or https URL`);
  const url = new URL(given);
  for (const [name, value] of Object.entries(query)) {
    if (value === null) continue;
    for (const item of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(item));
  }
  return url.href;
}

/** The author's headers with names in lower case, and the `auth` field as a header. */
function headersOf({ headers, auth }: HttpRequestInput): { readonly [name: string]: string } {
  const given = Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)] as const);
  if (auth === undefined) return Object.fromEntries(given);
  const authorization =
    typeof auth === 'string'
      ? auth
      : 'bearer' in auth
        ? `Bearer ${auth.bearer}`
        : `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
  return { ...Object.fromEntries(given), authorization };
}

/** The body as a value: JSON parsed, text decoded, anything else as base64 with its media type; null when it is empty. */
function decodeBody(response: HttpResponse): Json {
  const contentType = response.headers['content-type'];
  const mediaType = mediaTypeOf(contentType);
  if (response.body.byteLength === 0) return null;
  if (isJsonType(mediaType)) {
    try {
      // JSON.parse gives JSON by definition.
      return JSON.parse(textOf(response.body, contentType)) as Json;
    } catch (cause) {
      throw new TelosError(
        'HTTP_BODY_INVALID',
        `${new URL(response.url).host} sent ${mediaType} that is not valid JSON`,
        { cause },
      );
    }
  }
  const isText = mediaType === '' ? !response.body.includes(0) : isTextType(mediaType);
  if (isText) return textOf(response.body, contentType);
  return { base64: Buffer.from(response.body).toString('base64'), media_type: mediaType || 'application/octet-stream' };
}
