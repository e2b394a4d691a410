/** OpenAI's chat completions, as the server speaks them: whole, or as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { ModelServerRequest, ScriptedToolCall } from './script.ts';
import type { Spoken } from './spoken.ts';

export async function answerOpenAI(
  response: ServerResponse,
  request: ModelServerRequest,
  spoken: Spoken,
  serial: number,
): Promise<void> {
  const head = { id: `chatcmpl-${serial}`, created: 1_700_000_000 + serial, model: request.model };
  if (request.stream) await stream(response, request, spoken, head);
  else await whole(response, spoken, head);
}

type Head = { readonly id: string; readonly created: number; readonly model: string };

async function whole(response: ServerResponse, spoken: Spoken, head: Head): Promise<void> {
  if (spoken.disconnect !== undefined) {
    response.destroy();
    return;
  }
  await spoken.hold?.wait();
  const message = {
    role: 'assistant',
    content: spoken.pieces.length === 0 ? null : spoken.pieces.join(''),
    refusal: spoken.refusal ?? null,
    ...(spoken.toolCalls.length > 0 ? { tool_calls: spoken.toolCalls.map(toolCall) } : {}),
  };
  const choice = { index: 0, message, finish_reason: spoken.finish };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ ...head, object: 'chat.completion', choices: [choice], usage: usage(spoken) }));
}

async function stream(
  response: ServerResponse,
  request: ModelServerRequest,
  spoken: Spoken,
  head: Head,
): Promise<void> {
  if (spoken.disconnect === 'before') {
    response.destroy();
    return;
  }
  const send = (choices: readonly unknown[], more: object = {}): void => {
    response.write(`data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
  };
  const delta = (part: object, finish: string | null = null): void =>
    send([{ index: 0, delta: part, finish_reason: finish }]);

  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  delta({ role: 'assistant', content: '' });
  const { thought } = spoken;
  for (const piece of thought?.pieces ?? []) delta({ [thought?.as ?? '']: piece });
  const [first, ...rest] = spoken.pieces;
  if (first !== undefined) delta({ content: first });
  await spoken.hold?.wait();
  if (spoken.disconnect === 'midway') {
    response.destroy();
    return;
  }
  for (const piece of rest) delta({ content: piece });
  if (spoken.refusal !== undefined) delta({ refusal: spoken.refusal });
  spoken.toolCalls.forEach((call, index) => {
    const { id, function: called } = toolCall(call, index);
    const half = Math.ceil(called.arguments.length / 2);
    delta({
      tool_calls: [
        { index, id, type: 'function', function: { name: called.name, arguments: called.arguments.slice(0, half) } },
      ],
    });
    delta({ tool_calls: [{ index, function: { arguments: called.arguments.slice(half) } }] });
  });
  if (!spoken.unfinished) {
    delta({}, spoken.finish);
    if (asksForUsage(request.body) && spoken.usage !== undefined) send([], { usage: usage(spoken) });
    response.write('data: [DONE]\n\n');
  }
  response.end();
}

function toolCall(call: ScriptedToolCall, index: number) {
  return {
    id: `call_${index}`,
    type: 'function',
    function: { name: call.name, arguments: call.rawInput ?? JSON.stringify(call.input) },
  };
}

function usage(spoken: Spoken) {
  if (spoken.usage === undefined) return undefined;
  const { input, output, cached } = spoken.usage;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function asksForUsage(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('stream_options' in body)) return false;
  const options = body.stream_options;
  return (
    typeof options === 'object' && options !== null && 'include_usage' in options && options.include_usage === true
  );
}
