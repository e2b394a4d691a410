import { z } from 'zod';
import { pageOf } from './page.ts';
import { ErrorView } from './problem.ts';
import { UsageView } from './usage.ts';
import { HashView, Timestamp } from './value.ts';

/** `pending` until a worker takes the run; `waiting` while nothing is to be done before a time, a signal or a person. */
export const RunStatusView = z.enum(['pending', 'running', 'waiting', 'paused', 'succeeded', 'failed', 'cancelled']);
export type RunStatusView = z.infer<typeof RunStatusView>;

/** A run as a list shows it. */
export const RunSummaryView = z.object({
  id: z.string(),
  workflow: z.string(),
  /** Hash of the compiled program that this run keeps to its end. */
  program: HashView,
  status: RunStatusView,
  created_at: Timestamp,
  started_at: Timestamp.exactOptional(),
  ended_at: Timestamp.exactOptional(),
  tags: z.array(z.string()),
  namespace: z.string(),
  /** The run that it was forked from. */
  fork_of: z.string().exactOptional(),
  usage: UsageView,
  /** In [0, 1]: the mean of the scores of its steps' gates, each as decided last; absent while none was decided. */
  score: z.number().exactOptional(),
  error: ErrorView.exactOptional(),
  /** Sequence of the last event folded in. */
  seq: z.int().min(0),
});
export type RunSummaryView = z.infer<typeof RunSummaryView>;

/** A page is full, the last, or tells in `scanned` why it is neither. */
export const RunPage = pageOf(RunSummaryView).extend({
  /** Of a search for which runs are looked at one by one: it paused before the page was full, and `next` goes on there. */
  scanned: z.object({ runs: z.int().min(1), back_to: Timestamp }).exactOptional(),
});
export type RunPage = z.infer<typeof RunPage>;

const queryInstant = z.iso.datetime({ offset: true });
const oneOrMany = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])]);

/** The query of `GET /v1/runs`. `status` may be repeated, or separated by commas. */
export const RunQuery = z.strictObject({
  status: z
    .preprocess((given) => (typeof given === 'string' ? given.split(',') : given), oneOrMany(RunStatusView))
    .exactOptional(),
  workflow: z.string().min(1).exactOptional(),
  tag: z.string().min(1).exactOptional(),
  /** Created at or after. */
  since: queryInstant.exactOptional(),
  /** Created before. */
  until: queryInstant.exactOptional(),
  /** US dollars spent, at least. */
  min_cost: z.coerce.number().min(0).exactOptional(),
  /** Matches within id, workflow or tags, ignoring case. */
  q: z.string().min(1).max(200).exactOptional(),
  /**
   * CEL over the fields of a run: `status == "failed" && (cost > 0.5 || score < 0.7)`. What no index answers is looked
   * for in 20,000 runs a page: `scanned` of the page tells when it is not full for that reason.
   */
  where: z.string().min(1).max(2000).exactOptional(),
  namespace: z.string().min(1).exactOptional(),
  /** Forks of this run. */
  fork_of: z.string().min(1).max(100).exactOptional(),
  cursor: z.string().min(1).max(1000).exactOptional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type RunQuery = z.infer<typeof RunQuery>;

/** The query of `GET /v1/runs/counts`: as of `GET /v1/runs`, but for the status. */
export const RunCountQuery = RunQuery.omit({ status: true, cursor: true, limit: true });
export type RunCountQuery = z.infer<typeof RunCountQuery>;

/** How many runs are in each status, counted no further than is read at a glance. */
export const RunCounts = z.object({
  items: z.array(
    z.object({
      status: RunStatusView,
      count: z.int().min(0),
      /** There are more than were counted. */
      more: z.boolean(),
    }),
  ),
});
export type RunCounts = z.infer<typeof RunCounts>;
