/** Hosts of addresses, as a browser reads them, and lists of them. */

/** `scheme://`, `mailto:`, or what a browser completes: `//host.name`, `www.`. */
export const address =
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s<>"'`\\)\]}|]{1,2000}|\/\/(?=[^\s/.]{1,63}\.\w)[^\s<>"'`\\)\]}|]{1,2000}|\bmailto:[^\s<>"'`)\]}]{1,500}|\bwww\.[^\s<>"'`\\)\]}|]{1,2000}/gi;

/** Undefined when a browser reads no host in it. `www.acme.example` and `//acme.example` are addresses too. */
export function hostOf(written: string): string | undefined {
  if (/^mailto:/i.test(written))
    return /@([^@?]{1,253})(?:\?|$)/
      .exec(written)?.[1]
      ?.toLowerCase()
      .replace(/[.,;:!?]+$/, '');
  const whole = /^www\./i.test(written)
    ? `https://${written}`
    : written.startsWith('//')
      ? `https:${written}`
      : written;
  try {
    // Other schemes do not parse their host as browsers do for https.
    return new URL(whole.replace(/^[a-z][a-z0-9+.-]*:/i, 'https:').replace(/[.,;:!?]+$/, '')).hostname
      .replace(/\.$/, '')
      .toLowerCase();
  } catch {
    return undefined;
  }
}

/** @param hosts `example.com` is that host alone, `*.example.com` every host under it. What is no host is on no list. */
export function hostList(hosts: readonly string[]): (host: string | undefined) => boolean {
  const exact = new Set(hosts.filter((host) => !host.startsWith('*.')).map((host) => host.toLowerCase()));
  const under = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1).toLowerCase());
  return (host) => host !== undefined && (exact.has(host) || under.some((end) => host.endsWith(end)));
}
