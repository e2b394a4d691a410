/** What the runs of this process come to, as lines of the log: by their ids and the codes of errors, never by values. */
import type { ErrorRecord, NewRun, RunEvent, RunId } from '@telos/core';
import type { JournalWatcher } from '@telos/executor';
import type { Log, LogFields } from './log.ts';

/** @returns undefined when the log has no room for any of it. */
export function logRuns(log: Log): JournalWatcher | undefined {
  if (!log.has('info')) return undefined;
  return {
    created: ({ id, created }: NewRun) =>
      log.write('info', 'run created', {
        run: id,
        workflow: created.workflow,
        namespace: created.namespace,
        traceparent: created.traceparent,
      }),
    appended: (run, event) => logEvent(log, run, event),
    lost: (run) => log.write('info', 'run taken over by another worker', { run }),
  };
}

function logEvent(log: Log, run: RunId, event: RunEvent): void {
  switch (event.type) {
    case 'run.started':
    case 'run.waiting':
    case 'run.resumed':
    case 'run.succeeded':
    case 'run.cancelled':
      log.write('info', said(event.type), { run });
      return;
    case 'run.paused':
      log.write('info', said(event.type), { run, reason: event.reason });
      return;
    case 'run.failed':
      log.write('info', said(event.type), { run, ...errorFields(event.error) });
      return;
    case 'step.failed':
    case 'attempt.failed':
    case 'step.in_doubt':
    case 'step.quarantined':
      log.write('info', said(event.type), { run, ...stepFields(event), ...errorFields(event.error) });
      return;
    case 'attempt.rejected':
      log.write('info', said(event.type), { run, ...stepFields(event), score: event.gate.score });
      return;
    case 'rail.judged':
      if (event.outcome === 'pass') return;
      log.write('info', `rail ${event.outcome === 'ask' ? 'asks' : 'blocks'}`, {
        run,
        ...stepFields(event),
        place: event.place,
      });
      return;
    case 'wait.opened':
      log.write('info', 'step waits', { run, ...stepFields(event), for: event.wait.kind });
      return;
    case 'step.started':
    case 'step.succeeded':
    case 'step.cancelled':
    case 'wait.closed':
      log.write('debug', said(event.type), { run, ...stepFields(event) });
      return;
    case 'step.skipped':
      log.write('debug', said(event.type), { run, step: event.path, reason: event.reason });
      return;
    case 'call.finished':
      log.write('debug', said(event.type), {
        run,
        ...stepFields(event),
        call: event.call.kind,
        name: event.call.name,
        ms: event.call.ms,
        code: event.call.error?.code,
      });
      return;
    default:
  }
}

/** `attempt.failed` as words. */
function said(type: RunEvent['type']): string {
  return type.replaceAll(/[._]/g, ' ');
}

function stepFields({ path, attempt }: { readonly path: string; readonly attempt: number }): LogFields {
  return { step: path, attempt };
}

function errorFields({ code, kind }: ErrorRecord): LogFields {
  return { code, kind };
}
