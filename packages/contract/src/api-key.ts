/**
 * An entry of TELOS_API_KEYS: a key, or `sha256:` and its digest, perhaps with whom it was given to before it:
 * `anna=<key>`, `anna:editors+legal=<key>`; behind a `@` the one namespace that it is for: `anna:runner@team_a=<key>`.
 * What is too short for a key behind a `=` belongs to the key itself.
 */
const named =
  /^(?<name>[A-Za-z][\w.-]{0,99})(?::(?<roles>[A-Za-z][\w.-]{0,99}(?:\+[A-Za-z][\w.-]{0,99})*))?(?:@(?<namespace>[a-z0-9][a-z0-9_.-]{0,62}))?=(?<key>.{16,})$/;

export type ApiKeyEntry = {
  readonly name?: string;
  readonly roles: readonly string[];
  readonly namespace?: string;
  readonly key: string;
};

export function readApiKeyEntry(entry: string): ApiKeyEntry {
  const { name, roles, namespace, key } = named.exec(entry)?.groups ?? {};
  if (name === undefined || key === undefined) return { roles: [], key: entry };
  return { name, roles: roles?.split('+') ?? [], ...(namespace === undefined ? {} : { namespace }), key };
}
