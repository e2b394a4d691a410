import type { Finding } from '../findings/finding.ts';
import { urlCredentialsIn } from '../text/url-credentials.ts';

/** The user name and the password of a URL, as one: `https://anna:secret@host` has `anna:secret`. */
export function findUrlCredentials(text: string): readonly Finding[] {
  return urlCredentialsIn(text)
    .filter(({ password }) => !/^(?:\$\{|\{\{|<|\uFFFC|\*{3})/.test(password))
    .map(({ start, end }) => ({ type: 'URL_CREDENTIALS', start, end, confidence: 0.97 }));
}
