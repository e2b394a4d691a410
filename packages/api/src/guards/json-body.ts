import { deepestValue, repeatedKeyIn, TelosError } from '@telos/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Reads `application/json` bodies and no others. */
export function readJsonBodies(app: FastifyInstance): void {
  const read = jsonReader(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (request: FastifyRequest, body: string) =>
    read(request, body),
  );
}

/**
 * Reads a body that is JSON. An empty one is none; one that is nested too deep is refused before it is parsed, and one
 * in which a key stands twice.
 */
export function jsonReader(app: FastifyInstance): (request: FastifyRequest, text: string) => Promise<unknown> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return async (request, text) => {
    if (text.trim() === '') return undefined;
    if (depthOf(text) > deepestValue)
      throw new TelosError('REQUEST_MALFORMED', `The body is nested more than ${deepestValue} levels deep.`);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    void parse(request, text, (error, value) => {
      if (error === null) resolve(value);
      else reject(new TelosError('REQUEST_MALFORMED', `The body is not JSON: ${error.message}`));
    });
    const value = await promise;
    const repeated = repeatedKeyIn(text);
    if (repeated !== undefined) throw refused(repeated);
    return value;
  };
}

function refused(repeated: readonly (string | number)[]): TelosError {
  const path = ['body', ...repeated].join('.');
  const message = 'stands twice in one object';
  return new TelosError('REQUEST_MALFORMED', `${path}: ${message}`, { details: { problems: [{ path, message }] } });
}

/** How deep lists and objects stand inside each other, found without parsing. */
export function depthOf(text: string): number {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (quoted) {
      if (unit === 0x5c) index += 1;
      else if (unit === 0x22) quoted = false;
    } else if (unit === 0x22) quoted = true;
    else if (unit === 0x7b || unit === 0x5b) most = Math.max(most, (depth += 1));
    else if (unit === 0x7d || unit === 0x5d) depth -= 1;
  }
  return most;
}
