import type { IncomingMessage } from 'node:http';
import type { ModelServerRequest, ScriptedMessage } from './script.ts';

/** Reads an HTTP request into what scripts match on. `cutByClient` is supplied by the server, which sees the socket. */
export async function readRequest(
  incoming: IncomingMessage,
  cutByClient: Promise<boolean>,
): Promise<ModelServerRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // a request without an encoding yields buffers
  const path = (incoming.url ?? '/').split('?')[0] ?? '/';
  const protocol = path.startsWith('/api/') ? 'ollama' : 'openai';
  const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
  const fields = recordOf(body);
  const messages = listOf(fields.messages).map(messageOf);
  const schema = protocol === 'ollama' ? fields.format : recordOf(recordOf(fields.response_format).json_schema).schema;
  return {
    protocol,
    method: incoming.method ?? 'GET',
    path,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])),
    body,
    model: typeof fields.model === 'string' ? fields.model : '',
    // Ollama streams unless told not to; OpenAI the other way round.
    stream: protocol === 'ollama' ? fields.stream !== false : fields.stream === true,
    messages,
    text: messages.map((message) => message.text).join('\n'),
    ...(schema === undefined ? {} : { schema }),
    tools: listOf(fields.tools).map((tool) => textOf(recordOf(recordOf(tool).function).name)),
    cutByClient,
  };
}

function messageOf(message: unknown): ScriptedMessage {
  const { role, content } = recordOf(message);
  const parts = listOf(content).map((part) => textOf(recordOf(part).text));
  return { role: textOf(role), text: typeof content === 'string' ? content : parts.join('') };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function recordOf(value: unknown): { readonly [key: string]: unknown } {
  // Reading any property of a non-null object as unknown is safe.
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown }) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
