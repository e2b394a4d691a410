/** Jobs as BullMQ keeps them: the job whole, as text, under an id without the colons that BullMQ forbids. */
import { anyJsonObject, jobId, priorities } from '@telos/core';
import type { Job, JobId } from '@telos/core';
import { z } from 'zod';

const common = {
  queue: z.string(),
  run: z.string(),
  share: z.string().exactOptional(),
  priority: z.enum(priorities).exactOptional(),
};

const StoredJob: z.ZodType<Job> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), ...common }),
  z.object({
    kind: z.literal('step'),
    ...common,
    path: z.string(),
    attempt: z.int().min(1),
    task: anyJsonObject.exactOptional(),
  }),
]);

export type BullJob = {
  readonly name: string;
  /** Text, so that PostgreSQL keeps every letter: its JSON holds no U+0000. */
  readonly data: string;
  readonly opts: { readonly jobId: string; readonly priority: number };
};

export function bullJobOf(job: Job, priority: number): BullJob {
  return { name: job.kind, data: JSON.stringify(job), opts: { jobId: bullIdOf(jobId(job)), priority } };
}

export function bullIdOf(id: JobId): string {
  return id.replaceAll('%', '%25').replaceAll(':', '%3A');
}

/** The job that was stored; undefined when it is none of ours, or of a version that says it otherwise. */
export function readBullJob(data: unknown): Job | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    return StoredJob.parse(JSON.parse(data));
  } catch {
    return undefined;
  }
}
