import { TelosError } from '@telos/core';
import type { Problem } from '@telos/executor';
import type { Config } from '../config/config.ts';
import type { Terminal } from '../terminal.ts';
import { createLog } from './log.ts';
import type { Log } from './log.ts';

export interface ProcessLog extends Log {
  /** A problem that no run can show. */
  readonly report: (problem: Problem) => void;
  /** The terminal, whose complaints are lines of the log too. */
  readonly terminal: Terminal;
}

/** The log of a process that stays. */
export function openLog({ log: settings }: Config, terminal: Terminal): ProcessLog {
  const log = createLog(settings, {
    complain: (text) => terminal.complain(text),
    now: () => terminal.now(),
  });
  return {
    ...log,
    report({ message, run, error }) {
      const code = error instanceof TelosError ? error.code : undefined;
      log.write(error === undefined ? 'warn' : 'error', message, { run, code });
    },
    terminal: { ...terminal, complain: (text) => log.write('warn', text.trimEnd()) },
  };
}
