import { secretPrefix } from '../config/settings.ts';
import type { Environment } from '../terminal.ts';

/** The secrets that workflows may name: variables under TELOS_SECRET_, and nothing else of the environment. */
export interface Secrets {
  readonly names: ReadonlySet<string>;
  value(name: string): string | undefined;
}

export function secretsOf(environment: Environment): Secrets {
  const values = new Map<string, string>();
  for (const [variable, value] of Object.entries(environment)) {
    if (variable.startsWith(secretPrefix) && value !== undefined && value !== '')
      values.set(variable.slice(secretPrefix.length), value);
  }
  return { names: new Set(values.keys()), value: (name) => values.get(name) };
}
