import { userInfo } from 'node:os';

/** Who gives the command, as the system knows them. */
export function byWhom(): { readonly by?: string } {
  try {
    return { by: userInfo().username };
  } catch {
    // An account without a name, as containers have them.
    return {};
  }
}
