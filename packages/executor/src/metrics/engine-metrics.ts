/**
 * What the workers of a process do, in numbers: read off the events that they
 * append, once these are stored, so that numbers and journal never disagree.
 */
import type { Instant, RailCall, RunEvent, RunId, Store } from '@telos/core';
import { createCounter, createHistogram } from './histogram.ts';
import { watchJournal } from './watch-journal.ts';

export interface EngineMetrics {
  /** The same store, watched. */
  watch(store: Store): Store;
  /** Lines in the Prometheus text format. */
  lines(): readonly string[];
}

/** Of which the beginnings are remembered; those of a run that went elsewhere are forgotten in time. */
const mostRuns = 10_000;

export function createEngineMetrics(): EngineMetrics {
  const runs = createHistogram('telos_run_duration_seconds', 'From the beginning of a run to its end, waits included.');
  const steps = createHistogram('telos_step_duration_seconds', 'From the beginning of a step to its end.');
  const failures = createCounter('telos_attempts_failed_total', 'Attempts that failed, by the code of the error.');
  const calls = createHistogram('telos_call_duration_seconds', 'Model and tool calls inside of steps.');
  const tokens = createCounter('telos_tokens_total', 'Tokens, by model.');
  const usd = createCounter('telos_usd_total', 'US dollars that models have cost, by their price lists.');
  const checks = createCounter('telos_checks_total', 'What checks of gates and rails have said.');
  const losses = createCounter('telos_lease_losses_total', 'Runs that were taken over while a worker here held them.');
  /** When what is under way began: the run under '', steps under their paths. */
  const begun = new Map<RunId, Map<string, Instant>>();

  function begin(run: RunId, path: string, at: Instant): void {
    let of = begun.get(run);
    if (of === undefined) {
      const [oldest] = begun.keys();
      if (begun.size >= mostRuns && oldest !== undefined) begun.delete(oldest);
      begun.set(run, (of = new Map()));
    }
    of.set(path, at);
  }

  /** Seconds since then; undefined when it began elsewhere. */
  function sinceBegin(run: RunId, path: string, at: Instant): number | undefined {
    const of = begun.get(run);
    const from = of?.get(path);
    of?.delete(path);
    return from === undefined ? undefined : Math.max(0, at - from) / 1000;
  }

  function stepEnded(run: RunId, { path, at }: { readonly path: string; readonly at: Instant }, outcome: string): void {
    const seconds = sinceBegin(run, path, at);
    if (seconds !== undefined) steps.observe({ outcome }, seconds);
  }

  function called({ kind, name, ms, error, usage }: RailCall): void {
    calls.observe({ kind, name, outcome: error === undefined ? 'ok' : 'error' }, ms / 1000);
    if (usage === undefined || (kind !== 'chat' && kind !== 'embedding')) return;
    tokens.add({ model: name, direction: 'input' }, usage.input_tokens);
    tokens.add({ model: name, direction: 'output' }, usage.output_tokens);
    usd.add({ model: name }, usage.usd);
  }

  function note(run: RunId, event: RunEvent): void {
    if ('gate' in event && event.gate !== undefined) {
      for (const { uses, verdict } of event.gate.verdicts) checks.add({ check: uses, verdict });
    }
    switch (event.type) {
      case 'run.started':
        begin(run, '', event.at);
        return;
      case 'run.succeeded':
      case 'run.failed':
      case 'run.cancelled': {
        const seconds = sinceBegin(run, '', event.at);
        if (seconds !== undefined) runs.observe({ status: event.type.slice('run.'.length) }, seconds);
        begun.delete(run);
        return;
      }
      case 'step.started':
        if (event.attempt === 1) begin(run, event.path, event.at);
        return;
      case 'step.succeeded':
        stepEnded(run, event, 'succeeded');
        return;
      case 'step.failed':
        failures.add({ code: event.error.code });
        stepEnded(run, event, 'failed');
        return;
      case 'step.cancelled':
        stepEnded(run, event, 'cancelled');
        return;
      case 'attempt.failed':
        failures.add({ code: event.error.code });
        return;
      case 'rail.judged':
        for (const { uses, verdict } of event.verdicts) checks.add({ check: uses, verdict });
        for (const call of event.calls ?? []) called(call);
        return;
      case 'call.finished':
        called(event.call);
        return;
      default:
    }
  }

  return {
    watch: (store) =>
      watchJournal(store, {
        appended: note,
        lost(run) {
          begun.delete(run);
          losses.add({});
        },
      }),
    lines: () => [runs, steps, failures, calls, tokens, usd, checks, losses].flatMap((one) => one.lines()),
  };
}
