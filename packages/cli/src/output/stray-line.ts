import type { Stray } from '@telos/executor/strays';
import { secretPrefix } from '../config/settings.ts';
import type { Environment } from '../terminal.ts';

/** In UTF-16 units: of a message, and of a value that is worth hiding. */
const longest = 2000;
const shortestSecret = 6;

/**
 * What is told of a failure that nobody waited for: its message, without the secrets of the environment.
 *
 * @param stray The step that had set it going, when one had.
 */
export function strayLine(reason: unknown, environment: Environment, stray?: Stray): string {
  const message = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  const secrets = Object.entries(environment)
    .filter(([name]) => name.startsWith(secretPrefix) || /_KEYS?$/.test(name))
    .flatMap(([, value]) => value?.split(',') ?? [])
    .filter((secret) => secret.length >= shortestSecret);
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), message);
  return `${whatFailed(stray)} ${hidden.slice(0, longest).toWellFormed()}\n`;
}

function whatFailed(stray: Stray | undefined): string {
  if (stray === undefined) return 'Something failed that no step waits for any more, and no run with it.';
  const step = `step ${stray.path} of run ${stray.run}`;
  return stray.fails
    ? `Something failed that ${step} had set going and not waited for: the step fails.`
    : `Something failed that ${step} had set going and not waited for: the step had ended, and no run fails by it.`;
}
