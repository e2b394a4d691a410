import type { Answered } from '@telos/api';
import type { Log } from './log.ts';

/** What probes and scrapers ask again and again. */
const routine: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** One line for each request, by its route: an address may hold what nobody else is to read. */
export function logAnswer(log: Log, { request, method, route, status, ms, by, run }: Answered): void {
  const level = routine.has(route) ? 'debug' : 'info';
  log.write(level, 'request answered', { request, method, route, status, ms: Math.round(ms), by, run });
}
