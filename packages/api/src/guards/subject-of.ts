import type { FastifyReply, FastifyRequest } from 'fastify';

/** What a request was about: what is new where something is, else what its address named. */
export function subjectOf({ params }: FastifyRequest, reply: FastifyReply): string | undefined {
  const made = reply.getHeader('location');
  if (typeof made === 'string') return decodeURIComponent(made.split('/').at(-1) ?? '');
  const named = typeof params === 'object' && params !== null && 'id' in params ? params.id : undefined;
  return typeof named === 'string' ? named : undefined;
}
