import { signal } from '@preact/signals';

const place = 'telos.api-key';

/**
 * The key that requests carry, for servers that ask for one. It lives as long
 * as the tab does, and is never written anywhere else.
 */
export const apiKey = signal<string | undefined>(sessionStorage.getItem(place) ?? undefined);

/** True once the server has refused a request for want of a key, until one is given. */
export const keyWanted = signal(false);

export function useApiKey(key: string): void {
  sessionStorage.setItem(place, key);
  apiKey.value = key;
  keyWanted.value = false;
}
