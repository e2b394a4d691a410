/**
 * Sends the traces of runs that have ended to a collector that speaks OTLP/JSON
 * over HTTP. The journal is the truth and keeps everything, so nothing waits for
 * a collector: it is told in the background, some runs at a time; while it is
 * away a bounded number of runs is remembered, and what does not fit is counted.
 */
import type { Clock, RunId, Store } from '@telos/core';
import { readRun } from '../run-view/read-run.ts';
import { callerSpanOf } from '@telos/core';
import { traceOf } from '../run-view/trace.ts';
import { otlpRequest, otlpSpans } from './otlp-json.ts';
import type { OtlpSpan } from './otlp-json.ts';
import { createSender } from './send.ts';
import type { Endpoint } from './send.ts';

export type TraceExporterDeps = {
  readonly store: Pick<Store, 'journal' | 'programs'>;
  readonly clock: Clock;
  readonly report: (message: string) => void;
};

export type TraceExporterOptions = Endpoint & {
  /** `service.name` and whatever else is known of this process. */
  readonly resource: { readonly [name: string]: string };
};

export interface TraceExporter {
  /** To be called when a run has ended. Returns at once. */
  ended(run: RunId): void;
  /** Lines in the Prometheus text format. */
  metrics(): readonly string[];
  /** Sends what is left, for at most `ms` milliseconds. */
  close(ms: number): Promise<void>;
}

/** Runs that are remembered while the collector is away; the oldest go first. */
const mostWaiting = 10_000;
/** Time for further runs to come, so that a request carries many. */
const gatherMs = 500;
/** Of one request. A run of 10,000 steps takes several. */
const spansPerRequest = 2000;

export function createTraceExporter(
  { store, clock, report }: TraceExporterDeps,
  { resource, ...endpoint }: TraceExporterOptions,
): TraceExporter {
  const waiting = new Set<RunId>();
  const closing = new AbortController();
  const sender = createSender(endpoint, clock, report);
  const counts = { sent: 0, refused: 0, passedOver: 0 };
  let working: Promise<void> | undefined;

  function wake(): void {
    working ??= work().finally(() => {
      working = undefined;
      if (waiting.size > 0) wake();
    });
  }

  async function work(): Promise<void> {
    await clock.sleep(gatherMs, closing.signal);
    let spans: OtlpSpan[] = [];
    const flush = async (): Promise<void> => {
      if (spans.length === 0) return;
      const sent = spans;
      spans = [];
      counts[(await sender.send(otlpRequest(sent, resource))) ? 'sent' : 'refused'] += sent.length;
    };
    for (const run of waiting) {
      waiting.delete(run);
      for (const span of await spansOf(run)) {
        if (spans.length === spansPerRequest) await flush();
        spans.push(span);
      }
    }
    await flush();
  }

  /** Until nothing is left to send, or given up. */
  async function idle(): Promise<void> {
    const current = working;
    if (current === undefined) return;
    await current;
    await idle();
  }

  /** Nothing for a run that cannot be read, or was removed meanwhile. */
  async function spansOf(run: RunId): Promise<readonly OtlpSpan[]> {
    try {
      const read = await readRun(store, run);
      if (read === undefined) return [];
      const { folded, program, programs } = read;
      const trace = traceOf(folded, { programs, ...(program === undefined ? {} : { program }) });
      return otlpSpans(trace, callerSpanOf(folded.created.traceparent));
    } catch (error) {
      report(`The trace of run ${run} could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }

  return {
    ended(run) {
      waiting.add(run);
      if (waiting.size > mostWaiting) {
        const [oldest] = waiting;
        if (oldest !== undefined && waiting.delete(oldest)) counts.passedOver += 1;
      }
      wake();
    },
    metrics: () => [
      '# HELP telos_otlp_spans_total Spans that the collector has taken, and that it has not: it was away for too long, or refused them.',
      '# TYPE telos_otlp_spans_total counter',
      `telos_otlp_spans_total{outcome="sent"} ${counts.sent}`,
      `telos_otlp_spans_total{outcome="lost"} ${counts.refused}`,
      '# HELP telos_otlp_runs_passed_over_total Runs that ended while too many waited for the collector; their traces are here and not there.',
      '# TYPE telos_otlp_runs_passed_over_total counter',
      `telos_otlp_runs_passed_over_total ${counts.passedOver}`,
    ],
    async close(ms) {
      closing.abort();
      const over = new AbortController();
      const left = idle().then(() => over.abort());
      await clock.sleep(ms, over.signal);
      sender.giveUp();
      await left;
    },
  };
}
