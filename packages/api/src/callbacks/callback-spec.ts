import type { CallbackRequest } from '@telos/contract';
import { TelosError, secretMissing } from '@telos/core';
import type { CallbackSpec } from '@telos/core';

export type CallbackSpecDeps = {
  /** Names of the secrets that are set; absent when that is not known here. */
  readonly secretNames?: ReadonlySet<string>;
  /** Why no request may go to this address, as far as can be told without asking for it; undefined when one may. */
  readonly refusedUrl?: (url: string) => TelosError | undefined;
};

/** A callback that can be kept. @throws TelosError REQUEST_MALFORMED, HTTP_URL_INVALID, HTTP_ADDRESS_REFUSED, SECRET_MISSING. */
export function callbackSpec(deps: CallbackSpecDeps, { url, events, secret }: CallbackRequest): CallbackSpec {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    throw malformed('expected an http or https address');
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw malformed('an address holds no user name and no password here: everybody who reads the run would see them');
  }
  const refused = deps.refusedUrl?.(url);
  if (refused !== undefined) throw refused;
  if (secret !== undefined && deps.secretNames?.has(secret) === false) {
    throw secretMissing(secret, `The callback is to be signed with the secret ${secret}, which is not set.`);
  }
  return {
    url: parsed.href,
    events: events === undefined ? ['succeeded', 'failed', 'cancelled'] : [...new Set(events)],
    ...(secret === undefined ? {} : { secret }),
  };
}

function malformed(message: string): TelosError {
  const path = 'body.callback.url';
  return new TelosError('REQUEST_MALFORMED', `${path}: ${message}`, { details: { problems: [{ path, message }] } });
}
