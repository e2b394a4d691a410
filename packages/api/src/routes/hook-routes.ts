/**
 * POST /hooks/{path}: starts a run of the workflow that declares the path.
 *
 * Where a signature is declared it is the proof of who sends, and nothing else
 * is asked for; the bytes are compared before anything reads them. Where none
 * is, a request needs what every other request needs.
 */
import { locations } from '@telos/contract';
import type { HookReceipt } from '@telos/contract';
import { TelosError, secretMissing } from '@telos/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiDeps } from '../api-deps.ts';
import type { Authorize } from '../guards/guard-requests.ts';
import { requestLimit } from '../guards/request-limit.ts';
import { isSigned } from '../signatures/body-signature.ts';
import { isStandardSigned, standardHeaders } from '../signatures/standard-webhook.ts';
import type { HttpMetrics } from '../http-metrics.ts';
import { hookFinder } from '../triggers/webhook/find-hook.ts';
import type { Hook } from '../triggers/webhook/find-hook.ts';
import { fieldsOf, hookBody } from '../triggers/webhook/hook-body.ts';
import { startHookRun } from '../triggers/webhook/start-hook-run.ts';
import { hookRoute } from './hook-route.ts';
import { traceContextOf } from './run-request.ts';

const mostBytes = 1024 * 1024;
/** Of one path, by all servers of a store together. */
const perMinute = 600;

export async function hookRoutes(
  app: FastifyInstance,
  deps: ApiDeps,
  metrics: HttpMetrics,
  authorize: Authorize,
): Promise<void> {
  const find = hookFinder(deps);
  const limit = requestLimit(perMinute, deps.store.rates, (error) => deps.report?.(error, 'rate of hooks'));
  const found = new WeakMap<FastifyRequest, Hook>();

  async function admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const path = request.url.split('?', 1)[0]?.slice('/hooks'.length) ?? '';
    const hook = await find(path);
    if (hook === undefined || !request.url.startsWith('/hooks/'))
      throw new TelosError('ROUTE_NOT_FOUND', 'No published workflow has this hook.', {
        next: 'GET /v1/workflows shows which paths there are; a hook is there once its workflow is published.',
      });
    if (hook.webhook.signature === undefined) await authorize(request, reply);
    found.set(request, hook);
  }

  function checkSignature({ program, webhook }: Hook, request: FastifyRequest, raw: Uint8Array): void {
    const { signature } = webhook;
    if (signature === undefined) return;
    const secret = deps.secrets?.value(signature.secret);
    if (secret === undefined) {
      const missing = secretMissing(
        signature.secret,
        `The hook of ${program.id} cannot check signatures: the secret ${signature.secret} is not set.`,
      );
      deps.report?.(missing, request.id);
      throw new TelosError('HOOK_NOT_READY', 'The hook cannot tell who sends to it, so it takes nothing.');
    }
    const header = request.headers[signature.scheme === 'standard' ? standardHeaders.signature : signature.header];
    const isRight =
      signature.scheme === 'standard'
        ? isStandardSigned(secret, request.headers, raw, deps.clock.now())
        : isSigned(signature, secret, raw, typeof header === 'string' ? header : undefined);
    if (isRight) return;
    throw header === undefined
      ? new TelosError('SIGNATURE_MISSING', 'The request carries no signature.')
      : new TelosError('SIGNATURE_WRONG', 'The signature is not the one of this body.');
  }

  await app.register(async (scope) => {
    // The bytes as they came: a signature is of them.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.post(
      hookRoute,
      { bodyLimit: mostBytes, onRequest: admit, schema: { hide: true } },
      async (request, reply) => {
        const hook = found.get(request);
        if (hook === undefined) throw new TelosError('BUG', 'A request came past the door of hooks.');
        const raw = Buffer.isBuffer(request.body) ? request.body : new Uint8Array();
        checkSignature(hook, request, raw);
        const wait = await limit.take(`hook ${hook.webhook.path}`, deps.clock.now());
        if (wait !== undefined) {
          reply.header('retry-after', wait);
          throw new TelosError('TOO_MANY_REQUESTS', `The hook takes ${perMinute} requests a minute.`);
        }
        const event = {
          body: hookBody(raw, request.headers['content-type']),
          headers: headersOf(request),
          query: fieldsOf(request.query),
        };
        const { run, existing, workflow } = await startHookRun(deps, hook, event, traceContextOf(request.headers));
        if (!existing) metrics.runStarted();
        const receipt: HookReceipt = { id: run, workflow, existing, links: { self: locations.run(run) } };
        return reply
          .header('location', locations.run(run))
          .code(existing ? 200 : 202)
          .send(receipt);
      },
    );
  });
}

function headersOf({ headers }: FastifyRequest): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
