import { isIP } from 'node:net';
import { TelosError } from '@telos/core';
import { addressRefused, isRefusedAddress } from './address-guard.ts';
import { allowListOf } from './allow-list.ts';

/**
 * Tells of an address, before it is asked for, whether the guarded client would refuse it whatever its name resolves to.
 * @throws TelosError HTTP_URL_INVALID for an entry of `allowedHosts` that is no host.
 */
export function refusedUrl(allowedHosts: readonly string[]): (url: string) => TelosError | undefined {
  const isAllowed = allowListOf(allowedHosts);
  return (text) => {
    const url = URL.parse(text);
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
      return new TelosError('HTTP_URL_INVALID', `"${text.slice(0, 200)}" is no http or https URL`);
    }
    if (isAllowed(url)) return undefined;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isInner = isIP(host) === 0 ? /^(.*\.)?localhost\.?$/.test(host) : isRefusedAddress(host);
    return isInner ? addressRefused(host, host) : undefined;
  };
}
