/**
 * A scripted model server: OpenAI's and Ollama's HTTP protocols on one loopback
 * port, with answers from a script. It is for tests and benchmarks: real
 * sockets, real streaming, no model.
 *
 *   POST /v1/chat/completions   POST /v1/embeddings   GET /v1/models
 *   POST /api/chat   POST /api/embed   POST /api/show   GET /api/tags   GET /api/version
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { embedWords } from './embed-words.ts';
import { answerOllama } from './ollama-protocol.ts';
import { answerOpenAI } from './openai-protocol.ts';
import { readRequest } from './read-request.ts';
import { ruleMatches } from './script.ts';
import type { ModelServerRequest, Reply, Rule } from './script.ts';
import { spokenOf } from './spoken.ts';

export type ModelServerScript = {
  readonly rules?: readonly Rule[];
  /** Answers when no rule does. Default: the text `ok`. */
  readonly fallback?: Rule['reply'];
  /** Names that `/v1/models` and `/api/tags` list. Default: `scripted` and `scripted-embedding`. */
  readonly models?: readonly string[];
  /** Keep what was asked in `requests`; default true. Benchmarks turn it off. */
  readonly record?: boolean;
};

export type ModelServer = {
  /** OpenAI's base URL, ends with `/v1`. */
  readonly url: string;
  /** Ollama's host. */
  readonly ollamaUrl: string;
  /** Every request answered so far, oldest first. */
  readonly requests: readonly ModelServerRequest[];
  /** Adds a rule after those there are. */
  respond(rule: Rule): void;
  /** Ends every open connection and stops listening. Harmless when repeated. */
  close(): Promise<void>;
};

/** Starts a server on a free loopback port. */
export async function startModelServer(script: ModelServerScript = {}): Promise<ModelServer> {
  const rules: { readonly rule: Rule; left: number }[] = [];
  const requests: ModelServerRequest[] = [];
  const models = script.models ?? ['scripted', 'scripted-embedding'];
  let serial = 0;
  const respond = (rule: Rule): void => void rules.push({ rule, left: rule.times ?? Infinity });
  script.rules?.forEach(respond);

  const replyTo = (request: ModelServerRequest): Reply => {
    const found = rules.find(({ rule, left }) => left > 0 && ruleMatches(rule, request));
    if (found !== undefined) found.left -= 1;
    const reply = found?.rule.reply ?? script.fallback ?? { text: 'ok' };
    return typeof reply === 'function' ? reply(request) : reply;
  };

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const closed = Promise.withResolvers<boolean>();
    response.on('close', () => closed.resolve(!response.writableFinished));
    const request = await readRequest(incoming, closed.promise);
    if (script.record !== false) requests.push(request);
    serial += 1;
    const json = (value: unknown): void => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(value));
    };
    switch (`${request.method} ${request.path}`) {
      case 'GET /v1/models':
        return json({ object: 'list', data: models.map((id) => ({ id, object: 'model', owned_by: 'script' })) });
      case 'GET /api/tags':
        return json({
          models: models.map((name) => ({ name: tagged(name), model: tagged(name), size: 1, details: {} })),
        });
      case 'GET /api/version':
        return json({ version: '0.0.0' });
      case 'POST /api/show':
        return models.map(tagged).includes(tagged(request.model))
          ? json({ capabilities: capabilitiesOf(request.model), details: {}, model_info: {} })
          : fail(response, request, { status: 404, message: `model '${request.model}' not found` });
      case 'POST /v1/embeddings':
      case 'POST /api/embed':
      case 'POST /v1/chat/completions':
      case 'POST /api/chat': {
        const reply = replyTo(request);
        if ('status' in reply) return fail(response, request, reply);
        if ('malformed' in reply) return malformed(response, request);
        if (request.path.includes('embed')) return json(embeddings(request));
        const spoken = spokenOf(reply, request);
        await spoken.holdBefore?.wait();
        return request.protocol === 'ollama'
          ? await answerOllama(response, request, spoken)
          : await answerOpenAI(response, request, spoken, serial);
      }
      default:
        return fail(response, request, { status: 404, message: `no route ${request.method} ${request.path}` });
    }
  };

  const server = createServer((incoming, response) => {
    handle(incoming, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The model server has no port.');
  const ollamaUrl = `http://127.0.0.1:${address.port}`;
  return {
    url: `${ollamaUrl}/v1`,
    ollamaUrl,
    requests,
    respond,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function fail(response: ServerResponse, request: ModelServerRequest, reply: Extract<Reply, { status: number }>): void {
  const message = reply.message ?? `scripted ${reply.status}`;
  const error = { message, type: 'scripted', code: reply.code ?? null, param: reply.param ?? null };
  response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
  response.end(JSON.stringify(request.protocol === 'ollama' ? { error: message } : { error }));
}

function malformed(response: ServerResponse, request: ModelServerRequest): void {
  const part = (content: string): string =>
    request.protocol === 'openai'
      ? JSON.stringify({ choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: 'stop' }] })
      : JSON.stringify({ message: { role: 'assistant', content }, done: content === 'last', done_reason: 'stop' });
  const parts = [part('first'), part('second').slice(0, 30), part('last')];
  const events = request.protocol === 'openai';
  response.setHeader('content-type', request.stream && events ? 'text/event-stream' : 'application/json');
  if (!request.stream) response.end(parts[1]);
  else
    response.end(
      events ? parts.map((each) => `data: ${each}\n\n`).join('') : parts.map((each) => `${each}\n`).join(''),
    );
}

function embeddings(request: ModelServerRequest): unknown {
  const input = (request.body as { readonly input?: unknown }).input; // the route only takes JSON objects
  const vectors = (Array.isArray(input) ? input : [input]).map((text) => embedWords(String(text)));
  const tokens = vectors.length * 4;
  if (request.protocol === 'ollama') return { model: request.model, embeddings: vectors, prompt_eval_count: tokens };
  const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }));
  return { object: 'list', model: request.model, data, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

function capabilitiesOf(model: string): readonly string[] {
  return model.includes('embed') ? ['embedding'] : ['completion', 'tools'];
}

function tagged(name: string): string {
  return name.includes(':') ? name : `${name}:latest`;
}
