import type { Post } from '@telos/api/callbacks';
import type { Clock } from '@telos/core';
import { createHttpClient } from '@telos/tools';
import type { Config } from '../config/config.ts';

/** Posts through the guarded client; what comes back is not read. */
export function postVia({ allowedHosts }: Pick<Config, 'allowedHosts'>, clock: Clock): Post {
  const http = createHttpClient({ clock, allowedHosts, userAgent: 'Telos/0.1 (callback)' });
  return async ({ url, headers, body, signal }) => {
    const {
      status,
      headers: answered,
      body: said,
    } = await http.open({
      method: 'POST',
      url,
      headers,
      body,
      signal,
      keepsHost: true,
    });
    said.on('error', () => {}).destroy();
    return { status, headers: answered };
  };
}
