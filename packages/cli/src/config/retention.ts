import { terminalStatuses } from '@telos/core';
import type { RetentionPolicy } from '@telos/executor';
import { durationMs } from '@telos/language/text';

/** A delivery that comes again and a schedule that is fired again are told by runs that are kept. */
const shortestMs = 3_600_000;

const example = 'expected 30d, or succeeded=7d,failed=90d,cancelled=30d';

/** Reads how long runs are kept: one duration for all that have ended, or one for each status. */
export function readRetention(text: string): RetentionPolicy | { readonly problem: string } {
  const policy: { status: (typeof terminalStatuses)[number]; keepMs: number }[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    const [name, value] = part.includes('=') ? part.split('=', 2).map((one) => one.trim()) : [undefined, part];
    const keepMs = durationMs(value ?? '');
    if (keepMs === undefined) return { problem: `${example}; \`${part}\` holds no duration` };
    if (keepMs < shortestMs) return { problem: `an ended run is kept 1h at least, and \`${part}\` says less` };
    const statuses = name === undefined ? terminalStatuses : terminalStatuses.filter((status) => status === name);
    if (statuses.length === 0) return { problem: `${example}; no run ends as \`${name}\`` };
    for (const status of statuses) {
      if (policy.some((one) => one.status === status)) return { problem: `${status} is said twice` };
      policy.push({ status, keepMs });
    }
  }
  return policy;
}
