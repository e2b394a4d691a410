import { runSummaryView } from '@telos/api/trace';
import { runStatuses, TelosError } from '@telos/core';
import type { RunFilter, RunStatus, RunSummary } from '@telos/core';
import { readRunFilter } from '@telos/language';
import { durationMs, nearest } from '@telos/language/text';
import { defineCommand, jsonOption } from '../command/command.ts';
import { wholeNumberIn } from '../command/option-values.ts';
import { withStore } from '../compose/with-store.ts';
import { exitCodes } from '../exit-codes.ts';
import { durationText, usageText } from '../output/amounts.ts';
import { tableLines } from '../output/table.ts';

export const runs = defineCommand({
  name: 'runs',
  summary: 'Lists runs, newest first.',
  words: [],
  options: {
    status: { type: 'list', value: 'status', about: `only runs that are ${runStatuses.join(', ')}` },
    workflow: { type: 'value', value: 'id', about: 'only runs of this workflow' },
    tag: { type: 'value', value: 'tag', about: 'only runs with this tag' },
    since: { type: 'value', value: '1d', about: 'only runs of the last 30m, 12h, 1d, or since a date like 2026-01-31' },
    where: {
      type: 'value',
      value: 'condition',
      about: 'only runs that fit a condition in CEL, such as \'score < 0.7 || duration > duration("5m")\'',
    },
    limit: { type: 'value', value: 'n', about: 'how many, 1 to 200; 20 when absent' },
    json: jsonOption,
  },
  examples: ['telos runs --status failed --since 1d', 'telos runs --where \'status == "failed" && cost > 0.5\''],
  run({ options }, terminal) {
    const limit = wholeNumberIn('limit', options.limit ?? '20', 1, 200);
    const filter = filterOf(options, terminal.now());
    return withStore(terminal, options.json, async ({ store, writer }) => {
      const { items, next, paused } = await store.runs.list(filter, limit);
      for (const item of items) writer.object(runSummaryView(item));
      if (items.length === 0) writer.lines(paused === undefined ? 'No runs.' : 'None so far.');
      writer.lines(
        ...tableLines(
          items.map((item) => row(item, terminal.now())),
          terminal.size().columns,
        ),
      );
      if (paused !== undefined)
        writer.lines(
          `The newest ${paused.looked} runs were looked at, back to ${new Date(paused.at).toISOString()}: conditions on status, workflow, tags, cost or created_at, joined by &&, reach further.`,
        );
      else if (next !== undefined) writer.lines('There are more: --limit shows up to 200.');
      return exitCodes.succeeded;
    });
  },
});

function row(run: RunSummary, now: number): readonly string[] {
  const started = run.startedAt ?? run.createdAt;
  const time = durationText(Math.max(0, (run.endedAt ?? now) - started));
  return [
    run.id,
    run.status,
    run.workflow,
    new Date(run.createdAt).toISOString().slice(0, 19).replace('T', ' '),
    time,
    usageText(run.usage),
  ];
}

type Given = {
  readonly status: readonly string[];
  readonly workflow: string | undefined;
  readonly tag: string | undefined;
  readonly since: string | undefined;
  readonly where: string | undefined;
};

function filterOf({ status, workflow, tag, since, where }: Given, now: number): RunFilter {
  const filter: RunFilter = {
    ...(status.length === 0 ? {} : { status: status.flatMap((text) => text.split(',')).map(statusOf) }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(tag === undefined ? {} : { tag }),
    ...(since === undefined ? {} : { since: sinceOf(since, now) }),
  };
  if (where === undefined) return filter;
  const read = readRunFilter(where, now, filter);
  if (read.ok) return read.filter;
  throw new TelosError(
    'USAGE',
    `--where cannot be searched at character ${read.offset + 1}: ${read.message}${read.message.endsWith('?') ? '' : '.'}`,
    {
      next: 'What can be asked for is in docs/control.md#finding-runs.',
    },
  );
}

function statusOf(text: string): RunStatus {
  const status = runStatuses.find((known) => known === text);
  if (status !== undefined) return status;
  const near = nearest(text, runStatuses);
  throw new TelosError('USAGE', `There is no status ${text}.${near === undefined ? '' : ` Did you mean ${near}?`}`, {
    next: `A run is ${runStatuses.join(', ')}.`,
  });
}

function sinceOf(text: string, now: number): number {
  const age = durationMs(text);
  if (age !== undefined) return now - age;
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(date)) return date;
  throw new TelosError('USAGE', `--since ${text} is neither an age nor a date.`, {
    next: 'Write it like --since 1d or --since 2026-01-31.',
  });
}
