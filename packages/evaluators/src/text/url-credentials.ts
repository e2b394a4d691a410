/**
 * User names and passwords that stand in a URL: `postgres://app:s3cret@db/erp`.
 * Each `://` is looked at once, a bounded way to the right.
 */
export type UrlCredentials = {
  /** From the user name, or the colon before the password, to the `@`, exclusive. In UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly user: string;
  readonly password: string;
  readonly passwordStart: number;
};

const longest = 300;

/** Credentials with a password; a user name alone is none. */
export function urlCredentialsIn(text: string): readonly UrlCredentials[] {
  const found: UrlCredentials[] = [];
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    if (!/[a-z0-9]/i.test(text.charAt(at - 1))) continue;
    const start = at + 3;
    const authority = /^[^\s/?#"'<>`\\]{1,300}/.exec(text.slice(start, start + longest))?.[0] ?? '';
    // A password may hold any character that people forget to escape: the host begins after the last `@` of the authority,
    // and a `/`, `?` or `#` inside a password is believed when what follows its `@` can be a host.
    const end = lastAt(authority) ?? atBehindSlash(text.slice(start, start + longest));
    if (end === undefined) continue;
    const colon = text.slice(start, start + end).indexOf(':');
    if (colon === -1) continue;
    const passwordStart = start + colon + 1;
    const password = text.slice(passwordStart, start + end);
    if (password === '') continue;
    found.push({ start, end: start + end, user: text.slice(start, start + colon), password, passwordStart });
  }
  return found;
}

function lastAt(authority: string): number | undefined {
  const at = authority.lastIndexOf('@');
  return at > 0 && /^[\w[.%-]/.test(authority.slice(at + 1)) ? at : undefined;
}

function atBehindSlash(rest: string): number | undefined {
  const found = /^[^\s/?#"'<>`\\:@]{0,60}:[^\s"'<>`\\@]{1,100}@(?=[\w-]{1,60}[.:/])/.exec(rest);
  // `http://host:8080/mail@example.com` has a port, no password.
  return found === null || /:\d{1,5}\//.test(found[0]) ? undefined : found[0].length - 1;
}
