import { startSchedules } from '@telos/api/triggers';
import type { Terminal } from '../terminal.ts';
import type { Engine } from './engine.ts';

/** The flag of the commands that fire schedules. */
export const noTriggersOption = {
  type: 'flag',
  about: 'fire no schedules here; other processes do',
} as const;

/** Fires the schedules of published workflows until it is stopped. */
export function startTriggers(engine: Engine, terminal: Pick<Terminal, 'complain'>): { stop(): Promise<void> } {
  return startSchedules({ ...engine, tell: (message) => terminal.complain(`${message}\n`) });
}
