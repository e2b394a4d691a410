/**
 * Secrets in requests and answers, hidden before anything is written down.
 * The names decide, not the values: what is called a token is one.
 */
const hidden = '***';

const secretName =
  /auth|cookie|token|secret|passw|credential|session|signature|(^|[-_.])(api|access|app|private)?[-_]?key$|^sig$/i;

/** Headers with the values of cookies, tokens, keys and the like replaced by `***`. */
export function maskHeaders(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, secretName.test(name) ? hidden : value]),
  );
}

/** A URL without credentials, and with the values of query fields that are called a token, a key and the like replaced. */
export function maskUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const masked = new URL(url);
  masked.username = '';
  masked.password = '';
  for (const name of new Set(masked.searchParams.keys())) {
    if (secretName.test(name)) masked.searchParams.set(name, hidden);
  }
  return masked.href;
}

/** Text with what follows `"token":`, `password=`, `Bearer` and the like replaced: servers like to echo a request. */
export function maskText(text: string): string {
  return text
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${hidden}`)
    .replace(
      /("?[\w-]{0,40}(?:token|secret|passw(?:or)?d|api[-_]?key|authorization|cookie)[\w-]{0,20}"?\s{0,4}[:=]\s{0,4})("[^"\n]{0,400}"?|[^\s,;&}"]{1,400})/gi,
      `$1${hidden}`,
    );
}
