import { TelosError } from './telos-error.ts';

/** A secret that is named and not set, and the variable that is read for it. */
export function secretMissing(name: string, message = `The secret ${name} is not set.`): TelosError {
  return new TelosError('SECRET_MISSING', message, {
    details: { secret: name },
    next: `Set the environment variable TELOS_SECRET_${name} where Telos runs, and start it anew.`,
  });
}
