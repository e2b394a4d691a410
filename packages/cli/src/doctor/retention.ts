import type { Config } from '../config/config.ts';
import type { Finding } from './finding.ts';

/** Since when runs are kept. */
export function examineRetention({ retention }: Pick<Config, 'retention'>, now: number): Finding {
  const about = 'retention';
  if (retention.length === 0) {
    const next = 'Set TELOS_RETENTION, or call `telos prune`, to remove old ones.';
    return { about, verdict: 'sound', message: 'every run is kept.', next };
  }
  const since = retention.map(
    ({ status, keepMs }) => `${status} since ${new Date(now - keepMs).toISOString().slice(0, 16)}Z`,
  );
  return { about, verdict: 'sound', message: `kept are runs that ended: ${since.join(', ')}; every other run.` };
}
