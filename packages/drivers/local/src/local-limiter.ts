import { createLimiter, createMemoryRegister } from '@telos/core';
import type { Clock, Limiter } from '@telos/core';

/** Limits of one process, kept in its memory. */
export function createLocalLimiter(clock: Clock): Limiter {
  return createLimiter({ clock, place: 'here', register: createMemoryRegister(clock) });
}
