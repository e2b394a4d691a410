/**
 * One program that the tests lean on. In this order: what the environment names,
 * what is installed, what can be installed, else one line with the two ways out.
 */
import { installPackages } from './packages.ts';

export type Need = {
  /** As shown to people: `Redis`. */
  readonly name: string;
  /** The setting that names a running one (or, for a browser, its file). */
  readonly setting: string;
  /** An example of what the setting may hold. */
  readonly example: string;
  /** Debian packages that bring it. */
  readonly packages: readonly string[];
  /** Whether this machine has it. */
  readonly present: () => boolean;
};

/** What was needed and cannot be had; the message is the one line shown. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** Makes sure that the program is installed. @throws Unavailable */
export function ensureInstalled(need: Need, install: typeof installPackages = installPackages): void {
  if (need.present()) return;
  const result = install(need.packages);
  if (result.installed && need.present()) return;
  const why = result.installed ? `${need.packages.join(', ')} did not bring it` : result.why;
  throw new Unavailable(
    `The tests need ${need.name}, and ${why}. Install it (${need.packages.join(' ')}), or set ${need.setting}=${need.example}.`,
  );
}
