/**
 * What a key may do, by the roles that it was given: `viewer` reads; `runner`
 * starts runs, steers and decides as well; `editor` publishes workflows as well;
 * `admin` does everything, and so does a key without any role. Other roles
 * say who is asked by an approval, and nothing of this.
 */
import { accessRoles, locations } from '@telos/contract';
import type { AccessRole } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { FastifyRequest } from 'fastify';
import type { Person } from '../steer/person.ts';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Of the route that will answer, never of the address as it was sent. */
function neededFor({ method, routeOptions: { url = '' } }: FastifyRequest): AccessRole {
  if (url === locations.audit || url.startsWith(locations.keys)) return 'admin';
  if (reads.has(method)) return 'viewer';
  // Looks at a text, and keeps nothing of it.
  if (url === '/v1/workflows/check') return 'viewer';
  return url.startsWith('/v1/workflows') ? 'editor' : 'runner';
}

function rankOf({ roles }: Person): AccessRole {
  // Keys in other roles alone are refused where they are read: none comes this far.
  return accessRoles.findLast((rank) => roles.includes(rank)) ?? (roles.length === 0 ? 'admin' : 'viewer');
}

/** @throws TelosError ROLE_MISSING */
export function refuseBeyondRole(holder: Person, request: FastifyRequest): void {
  const needed = neededFor(request);
  const given = rankOf(holder);
  if (accessRoles.indexOf(given) >= accessRoles.indexOf(needed)) return;
  throw new TelosError('ROLE_MISSING', `The key is one of the role ${given}; this takes ${needed}.`, {
    details: { role: given, needed },
  });
}
