import { isIPv6 } from 'node:net';
import { TelosError } from '@telos/core';

/** Whether the operator allows this URL's host and port although its address may be an inner one. */
export type AllowList = (url: URL) => boolean;

/**
 * Reads the operator's list of inner hosts: `intranet.example` (any port),
 * `127.0.0.1:7420`, `[::1]:8080`. A host is matched as it is spelled in the URL
 * (after the URL's own normalisation), not by what it resolves to.
 * @throws TelosError HTTP_URL_INVALID when an entry is no host or host:port.
 */
export function allowListOf(entries: readonly string[]): AllowList {
  const allowed = entries.map(parseEntry);
  return (url) => {
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    return allowed.some((entry) => entry.host === url.hostname && (entry.port === undefined || entry.port === port));
  };
}

function parseEntry(entry: string): { readonly host: string; readonly port?: string } {
  const [, name, port] = isIPv6(entry)
    ? [entry, `[${entry}]`]
    : (/^(\[[^\]]+\]|[^:/@?#\s]+)(?::(\d{1,5}))?$/.exec(entry) ?? []);
  if (name === undefined || !URL.canParse(`http://${name}/`)) {
    throw new TelosError('HTTP_URL_INVALID', `"${entry}" in the list of allowed hosts is no host or host:port`, {
      next: 'Write it like intranet.example or 127.0.0.1:8080.',
    });
  }
  const host = new URL(`http://${name}/`).hostname;
  return port === undefined ? { host } : { host, port: String(Number(port)) };
}
