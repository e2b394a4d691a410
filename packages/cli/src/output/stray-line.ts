import { secretPrefix } from '../config/settings.ts';
import type { Environment } from '../terminal.ts';

/** In UTF-16 units: of a message, and of a value that is worth hiding. */
const longest = 2000;
const shortestSecret = 6;

/** What is told of a failure that belongs to no step any more: its message, without the secrets of the environment. */
export function strayLine(reason: unknown, environment: Environment): string {
  const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  const secrets = Object.entries(environment)
    .filter(([name]) => name.startsWith(secretPrefix) || /_KEYS?$/.test(name))
    .flatMap(([, value]) => value?.split(',') ?? [])
    .filter((secret) => secret.length >= shortestSecret);
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message);
  return `Something failed that no step waits for any more, and no run with it. ${hidden.slice(0, longest).toWellFormed()}\n`;
}
