import { AuditPage, AuditQuery, locations, Problem } from '@telos/contract';
import type { ApiDeps } from '../api-deps.ts';
import { auditEntryView } from '../audit-entry-view.ts';
import type { ApiServer } from './api-server.ts';

/** Who had what done. */
export function auditRoutes(app: ApiServer, { store }: ApiDeps): void {
  app.get(
    locations.audit,
    {
      schema: {
        tags: ['operation'],
        operationId: 'listAudit',
        summary: 'Who had what done, last first',
        description:
          'Changes that came by this API of servers with keys; what one without keys was asked for stands in no log. Takes a key of the role `admin`, or of none.',
        querystring: AuditQuery,
        response: { 200: AuditPage, default: Problem },
      },
    },
    async (request) => {
      const { limit, cursor, since, until, ...filter } = request.query;
      const within = {
        ...(since === undefined ? {} : { since: Date.parse(since) }),
        ...(until === undefined ? {} : { until: Date.parse(until) }),
      };
      const { items, next } = await store.audit.list({ ...filter, ...within }, limit, cursor);
      return { items: items.map(auditEntryView), ...(next === undefined ? {} : { next }) };
    },
  );
}
