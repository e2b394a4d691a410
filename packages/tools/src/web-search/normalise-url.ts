const tracking = /^(utm_\w+|gclid|fbclid|msclkid|dclid|yclid|igshid|mc_cid|mc_eid|ref_src|_hsenc|_hsmi)$/i;

/**
 * The form of a URL by which two results are the same page: host without `www.`,
 * no fragment, no tracking fields, query fields sorted, no trailing slash, and
 * http the same as https. Undefined when it is no http or https URL.
 */
export function normaliseUrl(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const tracked = Array.from(url.searchParams.keys()).filter((name) => tracking.test(name));
  for (const name of tracked) url.searchParams.delete(name);
  url.searchParams.sort();
  const host = url.host.replace(/^www\./, '');
  return `${host}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
