import { readPayload } from '@telos/api/trace';
import type { Blobs, JsonObject, Payload, RunId } from '@telos/core';
import { durationText, usageText } from './amounts.ts';
import type { Progress } from './progress.ts';
import { problemText } from './problem-text.ts';
import { outputLines } from './value-lines.ts';

/** The outputs of a run, whole, however large. Undefined when it has none. @throws TelosError STORE_CORRUPT */
export async function readOutputs(
  blobs: Pick<Blobs, 'get'>,
  payload: Payload | undefined,
): Promise<JsonObject | undefined> {
  // Safe: outputs are written by the engine, an object with one field an output.
  return payload === undefined ? undefined : ((await readPayload(blobs, payload)) as JsonObject);
}

/** The last line of `telos run --json`. */
export function resultObject(run: RunId, progress: Progress, outputs: JsonObject | undefined): object {
  return {
    type: 'result',
    status: progress.status,
    ...(outputs === undefined ? {} : { outputs }),
    ...(progress.error === undefined ? {} : { error: progress.error }),
    usage: progress.usage,
    run,
    workflow: progress.workflow,
    ms: elapsed(progress),
    models: [...progress.models],
  };
}

/** What a person is told when a run has ended: outputs or the reason, what it cost, where to look. */
export function resultLines(run: RunId, progress: Progress, outputs: JsonObject | undefined): readonly string[] {
  const cost = usageText(progress.usage);
  const offline = progress.models.has('offline/extractive');
  return [
    '',
    ...(outputs === undefined ? [] : outputLines(outputs)),
    ...(outputs !== undefined && Object.keys(outputs).length === 0
      ? [`No \`outputs:\` in the workflow; what a step gave: telos show ${run} --step <path>`]
      : []),
    ...(progress.error === undefined ? [] : problemText(progress.error).trimEnd().split('\n')),
    '',
    ...Array.from(progress.passedOver, (why) => `Passed over although the settings name it: ${why}`),
    ...(offline ? ['Answered by offline/extractive: it retrieves and quotes sentences, it is no language model.'] : []),
    `${progress.workflow} ${progress.status} in ${durationText(elapsed(progress))}${cost === '' ? '' : `, ${cost}`}.  telos show ${run}`,
  ];
}

function elapsed(progress: Progress): number {
  return Math.max(0, (progress.endedAt ?? 0) - (progress.startedAt ?? 0));
}
