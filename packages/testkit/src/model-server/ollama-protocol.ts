/** Ollama's chat, as the server speaks it: one JSON object, or one a line. */
import type { ServerResponse } from 'node:http';
import type { ModelServerRequest } from './script.ts';
import type { Spoken } from './spoken.ts';

export async function answerOllama(
  response: ServerResponse,
  request: ModelServerRequest,
  spoken: Spoken,
): Promise<void> {
  if (spoken.disconnect === 'before' || (spoken.disconnect === 'midway' && !request.stream)) {
    response.destroy();
    return;
  }
  const pieces = spoken.refusal === undefined ? spoken.pieces : [spoken.refusal];
  const tools = spoken.toolCalls.map((call) => ({ function: { name: call.name, arguments: call.input } }));
  const line = (content: string, more: object = {}, message: object = {}): string =>
    `${JSON.stringify({
      model: request.model,
      created_at: '2026-01-01T00:00:00Z',
      message: { role: 'assistant', content, ...message },
      done: false,
      ...more,
    })}\n`;
  const last = {
    done: true,
    done_reason: spoken.finish === 'length' ? 'length' : 'stop',
    total_duration: 1_000_000,
    ...(spoken.usage === undefined ? {} : { prompt_eval_count: spoken.usage.input, eval_count: spoken.usage.output }),
  };
  const called = tools.length > 0 ? { tool_calls: tools } : {};
  if (!request.stream) {
    await spoken.hold?.wait();
    response.setHeader('content-type', 'application/json');
    response.end(line(pieces.join(''), last, called));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  for (const thinking of spoken.thought?.pieces ?? []) response.write(line('', {}, { thinking }));
  const [first, ...rest] = pieces;
  response.write(line(first ?? ''));
  await spoken.hold?.wait();
  if (spoken.disconnect === 'midway') {
    response.destroy();
    return;
  }
  for (const piece of rest) response.write(line(piece));
  if (tools.length > 0) response.write(line('', {}, called));
  if (!spoken.unfinished) response.write(line('', last));
  response.end();
}
