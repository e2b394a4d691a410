/**
 * What a process that stays does beside runs and requests: it fires schedules, posts the ends of runs, and removes what
 * was kept long enough.
 */
import { startCallbacks } from '@telos/api/callbacks';
import { startSchedules } from '@telos/api/triggers';
import { startRetention } from '@telos/executor';
import { startForgettingSpans } from './forget-spans.ts';
import { postVia } from './post.ts';
import type { Terminal } from '../terminal.ts';
import type { Engine } from './engine.ts';

/** The flag of the commands that fire schedules. */
export const noTriggersOption = {
  type: 'flag',
  about: 'fire no schedules here; other processes do',
} as const;

/** For ends of runs that are being posted when the process ends. */
const lastCallbacksMs = 3000;

export interface Upkeep {
  /** A callback is owed: it need not wait for the next look. */
  callbackOwed(): void;
  /** Lines in the Prometheus text format. */
  metrics(): readonly string[];
  stop(): Promise<void>;
}

export function startUpkeep(
  engine: Engine,
  terminal: Pick<Terminal, 'complain'>,
  options: { readonly triggers: boolean },
): Upkeep {
  const tell = (message: string): void => terminal.complain(`${message}\n`);
  const deps = { ...engine, tell };
  const schedules = options.triggers ? startSchedules(deps) : undefined;
  const forgetting = startForgettingSpans(deps);
  const callbacks = startCallbacks({
    ...engine,
    tell,
    post: postVia(engine.config, engine.clock),
    secret: (name) => engine.secrets.value(name),
    privateHosts: engine.config.privateHosts,
  });
  engine.onEnded(() => callbacks.ended());
  const policy = engine.config.retention;
  const retention = policy.length === 0 ? undefined : startRetention(deps, policy);
  return {
    callbackOwed: () => callbacks.ended(),
    metrics() {
      const others = [...engine.metrics(), ...callbacks.metrics(), ...(engine.traces?.metrics() ?? [])];
      if (retention === undefined) return others;
      const { runs, blobs, bytes } = retention.removed;
      return [
        ...others,
        '# HELP telos_retention_runs_removed_total Runs that this process removed because they were old, by status.',
        '# TYPE telos_retention_runs_removed_total counter',
        ...policy.map(({ status }) => `telos_retention_runs_removed_total{status="${status}"} ${runs[status] ?? 0}`),
        '# HELP telos_retention_blobs_removed_total Blobs that this process removed because no run names them.',
        '# TYPE telos_retention_blobs_removed_total counter',
        `telos_retention_blobs_removed_total ${blobs}`,
        '# HELP telos_retention_bytes_removed_total Bytes of those blobs.',
        '# TYPE telos_retention_bytes_removed_total counter',
        `telos_retention_bytes_removed_total ${bytes}`,
      ];
    },
    async stop() {
      await Promise.all([schedules?.stop(), retention?.stop(), forgetting.stop(), callbacks.stop(lastCallbacksMs)]);
    },
  };
}
