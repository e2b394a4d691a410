/**
 * A task: an attempt as it travels to another worker. It holds what the owner
 * read of the run; what is secret, and the program, the worker has or reads itself.
 */
import { anyJson, anyJsonObject, unlabelled } from '@telos/core';
import type { ActionStep, Feedback, ModelSpec } from '@telos/core';
import type { Linked } from '@telos/language';
import { z } from 'zod';
import type { Attempt } from '../attempt/preparing.ts';
import type { WorkerDeps } from '../ports.ts';
import { hidingFrom } from '../scope/put-back.ts';
import type { CallTexts } from '../scope/put-back.ts';
import { renderingOf } from '../scope/rendering.ts';
import type { StepJob } from './delivery.ts';

const StoredPayload = z.union([
  z.strictObject({ value: anyJson }),
  z.strictObject({ blob: z.string(), bytes: z.int() }),
]);

/** A value that is kept beside the task, and where in it it belongs. */
const Apart = z.strictObject({ at: z.array(z.string()).min(2), payload: StoredPayload });
export type Apart = z.infer<typeof Apart>;

/**
 * Of what a task says and what it means. To be raised with every change of either, of what its steps, rails, labels and
 * texts may hold too: a worker that knows another version would leave out a guard that it has not heard of.
 */
export const taskVersion = 2;

export const Task = z.strictObject({
  version: z.literal(taskVersion),
  /** Hash of the program that the step belongs to. */
  program: z.string(),
  step: anyJsonObject,
  scope: anyJsonObject,
  idempotencyKey: z.string(),
  /** W3C trace context that the run was started with. */
  traceparent: z.string().exactOptional(),
  tracestate: z.string().exactOptional(),
  labels: z.array(z.enum(['untrusted', 'private'])),
  labelling: anyJsonObject.exactOptional(),
  sources: anyJsonObject,
  given: anyJson.exactOptional(),
  feedback: anyJsonObject.exactOptional(),
  model: anyJson.exactOptional(),
  /** The input as it passed the rails before the call. */
  railed: anyJson.exactOptional(),
  /** Of a call of an agent: what is hidden from that one, and put back here. */
  texts: anyJsonObject.exactOptional(),
  /** That hold for the step. */
  rails: anyJsonObject.exactOptional(),
  /** Whether anything that its checks and rails are shown beside its input and output is private. */
  judgesPrivate: z.literal(true).exactOptional(),
  /** Placeholders that stand for something in the run. */
  placeholders: z.array(z.string()).exactOptional(),
  /** Versions of the workflows that the run has, where the step may ask about them. */
  workflows: z.record(z.string(), z.string()).exactOptional(),
  shows: z.enum(['at_once', 'at_once_less_calls', 'once_judged', 'never']),
  /** Of the scope and the sources, what is large: see set-apart.ts. */
  apart: z.array(Apart).exactOptional(),
});
export type Task = z.infer<typeof Task>;

/**
 * The attempt that a task brings, nothing of which is known yet. The parts that core has types for are as `taskOf` of
 * this version writes them: the seal says that an owner on this store did.
 */
export function attemptIn(
  task: Task,
  { path, attempt }: Pick<StepJob, 'path' | 'attempt'>,
  linked: Linked,
  secret: WorkerDeps['secret'],
): Attempt {
  const { scope, idempotencyKey, given, railed, labelling = unlabelled, rails } = task;
  const texts = task.texts as unknown as CallTexts | undefined;
  return {
    path,
    attempt,
    // Safe: it was sealed by an owner that knows this version, from its program.
    step: task.step as unknown as ActionStep,
    linked,
    rendering: hidingFrom(renderingOf(linked.program, linked, secret), texts),
    texts,
    scope,
    idempotencyKey,
    given,
    railed,
    rails,
    known: {},
    labelling,
    feedback: task.feedback as unknown as Feedback | undefined,
    model: task.model as ModelSpec | undefined,
    sources: () => task.sources,
  };
}
