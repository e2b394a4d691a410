/**
 * What a process that stays tells on standard error: one line for each thing.
 *
 * As text it is for people: a problem is its sentence, and nothing else. As JSON it is for a collector of logs: one
 * object a line with `time`, `level`, `message`, and the ids by which it is found: `run`, `step`, `attempt`,
 * `request`, `code`. Ids, paths and codes; never a value of a run.
 */
import type { Instant } from '@telos/core';

export const logFormats = ['text', 'json'] as const;
/** From the gravest on. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;

export type LogLevel = (typeof logLevels)[number];

export type LogSettings = { readonly format: (typeof logFormats)[number]; readonly level: LogLevel };

export type LogFields = { readonly [name: string]: string | number | undefined };

export interface Log {
  write(level: LogLevel, message: string, fields?: LogFields): void;
  /** Whether anything of this level is written. */
  has(level: LogLevel): boolean;
}

export function createLog(
  { format, level: least }: LogSettings,
  to: { readonly complain: (text: string) => void; readonly now: () => Instant },
): Log {
  const has = (level: LogLevel): boolean => logLevels.indexOf(level) <= logLevels.indexOf(least);
  return {
    has,
    write(level, message, fields = {}) {
      if (!has(level)) return;
      const time = new Date(to.now()).toISOString();
      if (format === 'json') to.complain(`${JSON.stringify({ time, level, message, ...fields })}\n`);
      else
        to.complain(level === 'error' || level === 'warn' ? `${message}\n` : `${time} ${message}${asText(fields)}\n`);
    },
  };
}

function asText(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${/^[\w.:/[\]#@+-]+$/.test(String(value)) ? value : JSON.stringify(value)}`)
    .join('');
}
