/** `permissions:` of a program: what may be done, what a person is asked about, and what may not. */

/** A glob on the names of tools, or one on a name and on arguments by their paths. */
export type PermissionRule = string | { readonly uses: string; readonly with: { readonly [argument: string]: string } };

export type PermissionsSpec = {
  /** What may be done although its arguments are labelled. */
  readonly allow: readonly PermissionRule[];
  /** What a person is asked about first. */
  readonly ask: readonly PermissionRule[];
  /** What may not be done. */
  readonly deny: readonly PermissionRule[];
  /** Hosts that may have private data, besides those of the installation. */
  readonly hosts?: readonly string[];
};
