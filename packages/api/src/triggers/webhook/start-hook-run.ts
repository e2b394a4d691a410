import { createHash } from 'node:crypto';
import { TelosError } from '@telos/core';
import type { Json, JsonObject, TraceContext } from '@telos/core';
import { canonicalJson, hashOf } from '@telos/language';
import { doorPrograms } from '../../door-programs.ts';
import { earlierStart } from '../../earlier-start.ts';
import { startProgram } from '../../start-program.ts';
import type { StartedRun, StartProgramDeps } from '../../start-program.ts';
import { asInputs } from '../as-inputs.ts';
import type { Hook } from './find-hook.ts';

/** A request as a workflow's expressions see it. */
export type HookEvent = {
  readonly body: Json;
  /** By their names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: Json };
};

/** Headers by which senders name a delivery, so that one they repeat can be told; of a workflow that says nothing about it. */
const deliveryHeaders = ['idempotency-key', 'webhook-id'];

/** What nobody should find in the inputs of a run. */
const withheldHeaders = new Set(['authorization', 'cookie', 'proxy-authorization']);

const longestKey = 200;

/**
 * Starts the run that a request asks for; the same delivery again gives the same run.
 *
 * @throws TelosError as `startProgram` does; EXPRESSION_FAILED.
 */
export async function startHookRun(
  deps: StartProgramDeps,
  { webhook, ...current }: Hook,
  event: HookEvent,
  context: Partial<TraceContext>,
): Promise<StartedRun> {
  const { program, hash } = current;
  const linked = doorPrograms.of(hash, program);
  const headers = Object.fromEntries(Object.entries(event.headers).filter(([name]) => !withheldHeaders.has(name)));
  const scope = { event: { ...event, headers } };
  const delivery =
    webhook.dedupe === undefined
      ? deliveryHeaders.map((name) => headers[name]).find((text) => text !== undefined)
      : textOf(linked.render(webhook.dedupe, scope));
  const idempotency = delivery === undefined ? undefined : deliveryKey(program.id, delivery);
  const earlier = await earlierStart(deps, idempotency);
  if (earlier !== undefined) return earlier;
  const inputs: JsonObject =
    webhook.inputs === undefined
      ? asInputs(event.body ?? {}, 'the body')
      : asInputs(linked.render(webhook.inputs, scope), 'the hook');
  return startProgram(deps, current, {
    inputs,
    trigger: { kind: 'webhook', key: webhook.path, at: deps.clock.now() },
    ...(idempotency === undefined ? {} : { idempotency }),
    ...context,
  });
}

/** A delivery is what it names itself: sent again it may carry another time, and is still the same. */
function deliveryKey(workflow: string, text: string): { readonly key: string; readonly body: string } {
  const short = text.length <= longestKey ? text : `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
  return { key: `webhook:${workflow}:${short}`, body: hashOf(canonicalJson({ webhook: short })) };
}

/** Were two that name nothing the same, the second would be lost. */
function textOf(rendered: Json): string {
  if (typeof rendered === 'string' && rendered.trim() !== '') return rendered;
  if (typeof rendered !== 'string' && rendered !== null) return JSON.stringify(rendered);
  throw new TelosError('EXPRESSION_FAILED', 'The request names no delivery: `dedupe` gives no text for it.');
}
