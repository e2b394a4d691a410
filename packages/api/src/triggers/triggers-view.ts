import type { Instant, Program } from '@telos/core';
import type { TriggersView } from '@telos/contract';
import { firingsOf } from '@telos/language';
import { timestamp } from '../run-view/timestamp.ts';

/** What starts runs of a workflow by itself, and when each schedule fires next; undefined when nothing does. */
export function triggersView(program: Program, now: Instant): TriggersView | undefined {
  const { triggers } = program;
  if (triggers === undefined) return undefined;
  const { webhook } = triggers;
  return {
    schedule: triggers.schedule.map((spec) => {
      const next = firingsOf(spec).next(now);
      const { cron, timezone, missed } = spec;
      return { cron, timezone, missed, ...(next === undefined ? {} : { next_at: timestamp(next) }) };
    }),
    ...(webhook === undefined
      ? {}
      : { webhook: { path: `/hooks${webhook.path}`, signed: webhook.signature !== undefined } }),
  };
}
