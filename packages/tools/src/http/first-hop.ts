import { TelosError } from '@telos/core';
import type { AllowList } from './allow-list.ts';
import type { HttpRequest } from './messages.ts';
import type { Hop } from './redirect.ts';

/** What the client can unpack; anything else in an answer is refused. */
const acceptedEncodings = 'gzip, deflate, br, zstd';

/**
 * The request as it first goes out. Credentials in the URL become a header.
 * @throws TelosError HTTP_URL_INVALID when the URL is no http or https URL.
 */
export function firstHop(request: HttpRequest, userAgent: string, isAllowed: AllowList): Hop {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const shown = url === undefined ? request.url.slice(0, 200) : `${url.protocol}...`;
    throw new TelosError('HTTP_URL_INVALID', `"${shown}" is no http or https URL`);
  }
  const headers: { [name: string]: string } = {
    'user-agent': userAgent,
    accept: '*/*',
    'accept-encoding': acceptedEncodings,
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  if (url.username !== '' || url.password !== '') {
    const credentials = `${plain(url.username)}:${plain(url.password)}`;
    headers['authorization'] ??= `Basic ${Buffer.from(credentials).toString('base64')}`;
    url.username = '';
    url.password = '';
  }
  return {
    url,
    method: request.method ?? 'GET',
    headers,
    inner: isAllowed(url),
    ...(request.body === undefined ? {} : { body: request.body }),
  };
}

/** Part of a URL without its percent encoding; as it is when the encoding is broken. */
function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
