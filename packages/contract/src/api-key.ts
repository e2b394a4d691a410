/**
 * An entry of TELOS_API_KEYS: a key, or `sha256:` and its digest, perhaps with whom it was given to before it:
 * `anna=<key>`, `anna:editor+legal=<key>`; behind a `@` the one namespace that it is for: `anna:runner@team_a=<key>`.
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

/** What says how much a key may do, the least first; other roles say who is asked by an approval. */
export const accessRoles = ['viewer', 'runner', 'editor', 'admin'] as const;
export type AccessRole = (typeof accessRoles)[number];

/**
 * Why a key may not be given these roles: none of them says how much it may do, and a slip of the hand must not give it everything.
 *
 * @param nearest The known name that is most like a role.
 */
export function roleFault(
  roles: readonly string[],
  nearest: (role: string, known: readonly string[]) => string | undefined,
): string | undefined {
  if (roles.length === 0 || roles.some((role) => accessRoles.some((known) => known === role))) return undefined;
  for (const role of roles) {
    const near = nearest(role, accessRoles);
    if (near !== undefined) return `the role ${role} says nothing of what it may do; did you mean ${near}?`;
  }
  return `${roles.join('+')} says nothing of what it may do; put viewer, runner, editor or admin before it: runner+${roles.join('+')}`;
}
