import { deepestValue, repeatedKeyIn, TelosError } from '@telos/core';
import type { FastifyInstance } from 'fastify';

/** Reads `application/json` bodies and no others. An empty body is none; one that is nested too deep is refused before it is parsed. */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') return done(null, undefined);
    if (depthOf(text) > deepestValue) {
      return done(new TelosError('REQUEST_MALFORMED', `The body is nested more than ${deepestValue} levels deep.`));
    }
    return parse(request, text, (error, value) => {
      if (error !== null) return done(new TelosError('REQUEST_MALFORMED', `The body is not JSON: ${error.message}`));
      const repeated = repeatedKeyIn(text);
      return repeated === undefined ? done(null, value) : done(refused(repeated));
    });
  });
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
