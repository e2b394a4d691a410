/** Counters of the HTTP door and of runs, in the Prometheus text format. */
import type { FastifyInstance } from 'fastify';
import { runStatuses } from '@telos/core';
import type { Clock, Instant, Runs } from '@telos/core';

/** Upper bounds in seconds. */
const bounds = [0.005, 0.025, 0.1, 0.5, 2.5, 10] as const;
/** Runs are counted in the store at most this often. */
const countEveryMs = 5_000;

type Series = { readonly buckets: number[]; sum: number; count: number };

export interface HttpMetrics {
  /** One run was started through this process. */
  runStarted(): void;
  text(): Promise<string>;
}

export function httpMetrics(
  app: FastifyInstance,
  deps: {
    readonly runs: Pick<Runs, 'count'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly more?: () => readonly string[];
  },
): HttpMetrics {
  const requests = new Map<string, Series>();
  let started = 0;
  let counted: { readonly at: Instant; readonly lines: readonly string[] } | undefined;

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const labels = `method="${request.method}",route="${route}",status="${reply.statusCode}"`;
    let series = requests.get(labels);
    if (series === undefined) requests.set(labels, (series = { buckets: bounds.map(() => 0), sum: 0, count: 0 }));
    const seconds = reply.elapsedTime / 1000;
    series.sum += seconds;
    series.count += 1;
    for (const [index, bound] of bounds.entries()) {
      if (seconds <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1;
    }
  });

  const runLines = async () => {
    const now = deps.clock.now();
    if (counted === undefined || now - counted.at >= countEveryMs) {
      const lines: string[] = [];
      for (const status of runStatuses) {
        lines.push(`telos_runs{status="${status}"} ${await deps.runs.count({ status: [status] })}`);
      }
      counted = { at: now, lines };
    }
    return counted.lines;
  };

  return {
    runStarted() {
      started += 1;
    },
    async text() {
      const memory = process.memoryUsage();
      const lines = [
        '# HELP telos_runs Runs in the store by status.',
        '# TYPE telos_runs gauge',
        ...(await runLines()),
        '# HELP telos_runs_started_total Runs started through this process.',
        '# TYPE telos_runs_started_total counter',
        `telos_runs_started_total ${started}`,
        '# HELP telos_http_request_duration_seconds Time from request to the end of its answer.',
        '# TYPE telos_http_request_duration_seconds histogram',
        ...[...requests].flatMap(([labels, series]) => histogram(labels, series)),
        ...(deps.more?.() ?? []),
        '# HELP process_resident_memory_bytes Resident memory.',
        '# TYPE process_resident_memory_bytes gauge',
        `process_resident_memory_bytes ${memory.rss}`,
        '# HELP nodejs_heap_used_bytes JavaScript heap in use.',
        '# TYPE nodejs_heap_used_bytes gauge',
        `nodejs_heap_used_bytes ${memory.heapUsed}`,
        '# HELP process_uptime_seconds Time since the process started.',
        '# TYPE process_uptime_seconds gauge',
        `process_uptime_seconds ${process.uptime()}`,
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

function histogram(labels: string, series: Series): string[] {
  const name = 'telos_http_request_duration_seconds';
  return [
    ...bounds.map((bound, index) => `${name}_bucket{${labels},le="${bound}"} ${series.buckets[index] ?? 0}`),
    `${name}_bucket{${labels},le="+Inf"} ${series.count}`,
    `${name}_sum{${labels}} ${series.sum}`,
    `${name}_count{${labels}} ${series.count}`,
  ];
}
